/** Writes `<outDir>/ragd-<version>/`, and answers where it is, what is in it and how large it is. */
export function buildBundle(options?: {
  outDir?: string;
}): Promise<{ folder: string; version: string; platforms: string[]; bytes: number }>;
