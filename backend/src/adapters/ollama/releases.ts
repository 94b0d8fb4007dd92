import type { ArchiveChecksums, OllamaReleases } from '../../lib/ollama.ts';
import { Problem } from '../../lib/problem.ts';

const WITHIN_MS = 15_000;
const MOST_BYTES = 64 * 1024;

/** The list of checksums that lies beside the archives of each release. */
export const createOllamaReleases = ({ base }: { base: string }): OllamaReleases => ({
  async checksums(version, signal) {
    const text = await fetchText(`${base}/v${version}/sha256sum.txt`, version, signal);
    const sums = Object.fromEntries(
      [...text.matchAll(/^([0-9a-f]{64})\s+\*?(?:\.\/)?ollama-linux-(amd64|arm64)\.tar\.zst\s*$/gim)].map(([, sum = '', machine = '']) => [
        machine.toLowerCase(),
        sum.toLowerCase(),
      ]),
    );
    const { amd64 = '', arm64 = '' } = sums;
    // A release has both, or it is older than this form of archive.
    if (amd64 === '' && arm64 === '') throw versionNotFound(version);
    return { amd64, arm64 } satisfies ArchiveChecksums;
  },
});

async function fetchText(url: string, version: string, signal: AbortSignal): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)]) });
    if (response.status === 404) throw versionNotFound(version);
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    let text = '';
    for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      text += Buffer.from(piece).toString('latin1');
      if (text.length > MOST_BYTES) throw new Error('the list of checksums is too long');
    }
    return text;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Problem) throw error;
    throw new Problem('ollama.release_unavailable', 'The releases of Ollama cannot be reached from Clawmoor', {
      fix: 'Check the network of this installation, and OLLAMA_DOWNLOAD_BASE where it is set. Or leave the version out: then none is asked.',
      cause: error,
    });
  }
}

export const versionNotFound = (version: string): Problem =>
  new Problem('ollama.version_not_found', `There is no Ollama ${version} to install`, {
    fix: 'Leave the version out, or choose another.',
  });
