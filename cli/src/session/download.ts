import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { CliError, EXIT } from '../exit.ts';

// A download that brings nothing for this long is over.
const SILENT_MS = 60_000;

export interface Download {
  /** Asks for the file; `signal` ends it when it brings nothing any more. */
  fetch: (signal: AbortSignal) => Promise<Response>;
  path: string;
  /** Overwrite what is there. */
  force: boolean;
  sha256: string;
  signal: AbortSignal;
  onBytes: (bytes: number) => void;
}

/** Puts an answer into a file, whole and with the right hash or not at all, readable for its owner alone. */
export async function saveDownload(download: Download): Promise<void> {
  const { path, force, sha256 } = download;
  if (!force && existsSync(path)) throw isThere(path);
  const draft = `${path}.${process.pid}.part`;
  const file = await open(draft, 'wx', 0o600).catch((error: unknown) => {
    const message = `${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`;
    throw new CliError(EXIT.failed, 'cli.file_unwritable', { message, cause: error });
  });
  try {
    if ((await fill(file, download)) !== sha256) throw damaged(path);
    if (force) await rename(draft, path);
    // Unlike a rename, this does not replace what somebody else has put there meanwhile.
    else await link(draft, path).catch(() => Promise.reject(isThere(path)));
  } finally {
    await file.close();
    await rm(draft, { force: true });
  }
}

/** Answers the SHA-256 of what was written. */
async function fill(file: FileHandle, { fetch, signal, onBytes }: Download): Promise<string> {
  const silent = new AbortController();
  const stalled = (): NodeJS.Timeout => setTimeout(() => silent.abort(), SILENT_MS);
  let watchdog = stalled();
  try {
    const hash = createHash('sha256');
    const { body } = await fetch(AbortSignal.any([signal, silent.signal]));
    let bytes = 0;
    for await (const chunk of body ?? []) {
      clearTimeout(watchdog);
      watchdog = stalled();
      hash.update(chunk);
      await file.writeFile(chunk);
      onBytes((bytes += chunk.length));
    }
    await file.sync();
    return hash.digest('hex');
  } catch (error) {
    signal.throwIfAborted();
    // fetch's own word for a connection that ended in the middle.
    if (silent.signal.aborted || (error instanceof TypeError && error.message === 'terminated')) throw brokenOff(error);
    throw error;
  } finally {
    clearTimeout(watchdog);
  }
}

const isThere = (path: string): CliError =>
  new CliError(EXIT.conflict, 'cli.file_exists', {
    message: `${basename(path)} is there already`,
    fix: 'Choose another name with --output, or overwrite it with --force.',
  });
const damaged = (path: string): CliError =>
  new CliError(EXIT.failed, 'cli.download_damaged', {
    message: `What arrived is not the backup that was made; ${basename(path)} was not written`,
    fix: 'Fetch it again.',
  });
const brokenOff = (cause: unknown): CliError =>
  new CliError(EXIT.unreachable, 'cli.unreachable', {
    message: 'The download broke off; nothing was written',
    fix: 'Fetch it again.',
    cause,
  });
