import type { ArchiveChecksums } from '../../lib/ollama.ts';

/** What is installed unless another version is asked for. Its checksums stand here: a place of download that lies is found out. */
export const OLLAMA_VERSION = '0.32.7';
export const OLLAMA_CHECKSUMS: ArchiveChecksums = {
  amd64: 'ed1e39fe8fea90bd7f4c723bd949a2cea3153e111220ec0a183ea5b8dc8b2cae',
  arm64: '413cb50f2fd201b65e17e563c082607bc0ade60d700132c563c7a1c0cd529fde',
};
export const OLLAMA_BASE = 'https://github.com/ollama/ollama/releases/download';

export type Machine = keyof ArchiveChecksums;
const MACHINES: Record<string, Machine> = { x86_64: 'amd64', aarch64: 'arm64', arm64: 'arm64' };
export const machineOf = (arch: string): Machine | undefined => MACHINES[arch];

export const archiveUrl = (base: string, version: string, machine: Machine): string =>
  `${base}/v${version}/ollama-linux-${machine}.tar.zst`;

/** Whether one version is newer than another; both `1.2.3`, what follows a dash does not count. */
export function isNewer(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => (text.split('-')[0] ?? '').split('.').map(Number));
  for (const at of [0, 1, 2]) {
    const difference = (a?.[at] ?? 0) - (b?.[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
