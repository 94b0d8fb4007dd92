export interface Bundle {
  folder: string;
  version: string;
  /** For which of `linux-x64` and `linux-arm64` it has what it needs. */
  platforms: string[];
  bytes: number;
}
export function buildBundle(options?: { outDir?: string }): Promise<Bundle>;
