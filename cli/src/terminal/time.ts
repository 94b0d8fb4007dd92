/** `2026-11-24 23:21`, on the clock of this machine. */
export const localTime = (iso: string | null): string | null => (iso === null ? null : new Date(iso).toLocaleString('sv-SE').slice(0, 16));

/** `3.4 MB` */
export function byteSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const power = Math.min(4, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(1)} ${['', 'kB', 'MB', 'GB', 'TB'][power]}`;
}
