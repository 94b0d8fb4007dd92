import { CommandFailed } from '../../lib/host.ts';
import { Problem } from '../../lib/problem.ts';
import { BAD_CHECKSUM, NO_NETWORK, NO_SUCH_RELEASE } from './download-script.ts';
import { fitting, memoryFor, type Fit, type Room } from './fit.ts';
import { NO_SUCH_MODEL, TOO_MUCH_DISK, TOO_MUCH_MEMORY } from './pull-script.ts';

const gigabytes = (bytes: number): string => (bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`);

export const unsupported = (arch: string, libc: string): Problem =>
  new Problem('ollama.unsupported', `There is no Ollama for this machine (${arch}, ${libc})`, {
    fix: 'Use a 64-bit Linux with glibc on x86 or ARM, or an embedding service with an address of its own.',
  });

export const serverTooSmall = (what: 'memory' | 'disk', has: number, needs: number): Problem =>
  new Problem('ollama.does_not_fit', `Ollama needs ${gigabytes(needs)} of ${what}, and this server has ${gigabytes(has)} of it free`, {
    fix:
      what === 'memory'
        ? 'Take a server with more memory, or an embedding service with an address of its own.'
        : 'Free some space on the server (df -h), then try again.',
  });

/** A model that is too large, and which would do. */
export function modelTooLarge(model: string, sizeBytes: number, { fit, room }: { fit: Exclude<Fit, 'yes'>; room: Room }): Problem {
  const others = fitting(room);
  const would = others.length > 0 ? `${others.slice(0, 3).join(', ')} would fit.` : 'None of the models that Clawmoor knows would fit.';
  const message =
    fit === 'memory'
      ? `${model} needs ${gigabytes(memoryFor(sizeBytes))} of memory, and this server has ${gigabytes(room.memoryBytes)} for it`
      : `${model} takes ${gigabytes(sizeBytes)} on the disk, and this server has ${gigabytes(room.diskBytes)} for it`;
  return new Problem('ollama.does_not_fit', message, { fix: would });
}

export const portTaken = (port: number): Problem =>
  new Problem('ollama.port_taken', `Another program has port ${port} of the server, which is Ollama's`, {
    fix: `Stop that program (ss -ltnp shows it), then try again.`,
  });
export const notInstalled = (): Problem =>
  new Problem('ollama.not_installed', 'Ollama is not installed on this server', { fix: 'Install it first: it takes a few minutes.' });
export const notOurs = (): Problem =>
  new Problem('ollama.not_ours', 'This Ollama was not installed by Clawmoor, which leaves its files alone', {
    fix: 'Update it the way it was installed, or remove it and install it here.',
  });
export const notStarted = (why: string): Problem =>
  new Problem('ollama.service_failed', `Ollama could not be started: ${why}`, { fix: 'The log of the task shows what it said.' });
export const cloudModel = (model: string): Problem =>
  new Problem('ollama.cloud_model', `${model} runs on the computers of others: your documents would leave the server`, {
    fix: 'Take a model without “cloud” in its name.',
    issues: [{ path: 'model', message: 'must not be a cloud model' }],
  });

export const modelUseless = (model: string, why: string): Problem =>
  new Problem('ollama.model_fails', `The model ${model} arrived, but ${why}`, { fix: 'Take another model.' });

/** What the end of the download means. */
export function explainDownload(error: unknown, version: string): never {
  if (!(error instanceof CommandFailed)) throw error;
  const said = lastLine(error.stdout);
  if (error.exitCode === BAD_CHECKSUM)
    throw new Problem('ollama.checksum', 'What was downloaded is not the release of Ollama that it should be; nothing of it was kept', {
      fix: 'Try again. If it stays, somebody between the server and the place of download changes what is sent.',
    });
  if (error.exitCode === NO_SUCH_RELEASE)
    throw new Problem('ollama.version_not_found', `There is no Ollama ${version} to install`, { fix: 'Choose another version.' });
  if (error.exitCode === NO_NETWORK)
    throw new Problem('ollama.release_unavailable', `The server cannot download Ollama: ${said}`, {
      fix: 'Check its network and DNS: it must reach github.com, or what OLLAMA_DOWNLOAD_BASE names.',
    });
  if (/No space left/i.test(error.stdout))
    throw new Problem('ollama.disk_full', 'The disk of the server is full', {
      fix: 'Free some space (df -h), then try again.',
      cause: error,
    });
  throw new Problem('ollama.service_failed', `Ollama could not be unpacked: ${said}`, { fix: 'The log of the task shows what was said.' });
}

/** What the end of a pull means. */
export function explainPull(error: unknown, model: string, room: Room): never {
  if (!(error instanceof CommandFailed)) throw error;
  const said = lastLine(error.stdout);
  const [, size] = /^size (\d+)$/.exec(said) ?? [];
  if (size !== undefined && (error.exitCode === TOO_MUCH_MEMORY || error.exitCode === TOO_MUCH_DISK))
    throw modelTooLarge(model, Number(size), { fit: error.exitCode === TOO_MUCH_MEMORY ? 'memory' : 'disk', room });
  if (error.exitCode === TOO_MUCH_DISK)
    throw new Problem('ollama.disk_full', 'The disk of the server is full', {
      fix: 'Free some space (df -h), or delete a model, then try again.',
    });
  if (error.exitCode === NO_SUCH_MODEL)
    throw new Problem('ollama.model_not_found', `Ollama's library has no model ${model}: ${said}`, {
      fix: 'Check its name on ollama.com/library.',
    });
  throw new Problem('ollama.pull_failed', `The model did not arrive: ${said}`, {
    fix: 'Check the network of the server, then retry: what has arrived is kept.',
  });
}

const lastLine = (output: string): string => output.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
