import { addAbortSignal, PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { SFTPWrapper } from 'ssh2';
import { CommandFailed, type Host } from '../../lib/host.ts';
import { Problem } from '../../lib/problem.ts';
import { sh } from '../../lib/sh.ts';
import { runCommand, type Runner } from './run.ts';
import { prepare } from './script.ts';
import { diskFull, sftpFailed } from './ssh.problems.ts';

type Files = Pick<Host, 'readFile' | 'writeFile' | 'upload' | 'download'>;

const MAX_READ_BYTES = 1024 * 1024;
const NO_FILE = 66;
// What is kept of an rc file's output while the mark has not come.
const CHATTER = 4096;
// After a failure the server is asked once more; it may be what failed.
const LAST_WORD_MS = 5_000;
// Less than one part of an upload.
const FULL_KB = 256;

/** A path is absolute or counts from the home folder; `~/` may stand before it. A leading "-" can never be an option. */
const plain = (path: string): string => {
  const relative = path.replace(/^~\//, '');
  return relative.startsWith('/') ? relative : `./${relative}`;
};

export function filesOn(runner: Runner): Files {
  return {
    async readFile(path, { maxBytes = MAX_READ_BYTES, signal } = {}) {
      const file = plain(path);
      const read = sh`[ -e ${file} ] || exit ${NO_FILE}; head -c ${maxBytes + 1} ${file}`;
      try {
        const { stdout, omitted } = await runCommand(runner, read, { keep: maxBytes, ...(signal && { signal }) });
        if (omitted > 0 || stdout.length > maxBytes) throw sftpFailed(`read: it is larger than ${maxBytes} bytes`);
        return stdout;
      } catch (error) {
        if (error instanceof CommandFailed && error.exitCode === NO_FILE) return undefined;
        throw explain(error, 'read');
      }
    },
    async writeFile(path, content, { mode = 0o600, signal } = {}) {
      const [file, draft] = [plain(path), `${plain(path)}.draft-of-clawmoor`];
      // The rename at the end means that no reader ever sees half a file.
      const write = sh`umask 077 && cat >${draft} && chmod ${mode.toString(8)} ${draft} && mv -f ${draft} ${file} || { rm -f ${draft}; exit 1; }`;
      await runCommand(runner, write, { stdin: content, ...(signal && { signal }) }).catch((error: unknown) => {
        throw explain(error, 'written');
      });
    },
    async upload(content, path, { mode = 0o644, signal, onProgress } = {}) {
      const [file, draft] = [plain(path), `${plain(path)}.draft-of-clawmoor`];
      const source = Buffer.isBuffer(content) ? Readable.from(chunksOf(content)) : content;
      let bytes = 0;
      async function* counted(): AsyncGenerator<Buffer> {
        for await (const chunk of source) {
          const buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
          bytes += buffer.length;
          onProgress?.(bytes);
          yield buffer;
        }
      }
      try {
        await writeByCat(runner, counted(), draft, signal);
        const size = sh`[ "$(wc -c <${draft})" -eq ${bytes} ] && chmod ${mode.toString(8)} ${draft} && mv -f ${draft} ${file}`;
        await runCommand(runner, size, { ...(signal && { signal }) });
      } catch (error) {
        // Whether the disk is full is asked before the draft goes.
        const left = await runCommand(runner, sh`df -Pk ${draft} | awk 'NR==2{print $4}'; rm -f ${draft}`, {
          idleTimeoutMs: LAST_WORD_MS,
        }).catch(() => undefined);
        throw left !== undefined && left.stdout.trim() !== '' && Number(left.stdout) < FULL_KB
          ? diskFull(error)
          : explain(error, 'written');
      }
    },
    async download(path, { offset = 0, signal } = {}) {
      const file = plain(path);
      const sftp = await openSftp(runner);
      return sftp
        ? readBySftp(sftp, sftp.createReadStream(await absolute(runner, file, signal), { start: offset }), signal)
        : readByTail(runner, file, offset, signal);
    },
  };
}

/** sftp counts from the home of /etc/passwd, which is not `$HOME` everywhere. */
const absolute = async (runner: Runner, path: string, signal: AbortSignal | undefined): Promise<string> =>
  path.startsWith('/') ? path : `${await unlessStopped(runner.home(), { signal })}/${path}`;

/** ssh2's streams of files wait for the server, also to end: whoever waits for them is let go by `signal`, or when sftp is over. */
function unlessStopped<T>(work: Promise<T>, { sftp, signal }: { sftp?: SFTPWrapper; signal: AbortSignal | undefined }): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal?.reason);
    const onClose = (): void => reject(sftpFailed('finished: the server ended it'));
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    sftp?.once('close', onClose);
    work.then(resolve, reject).finally(() => {
      signal?.removeEventListener('abort', onAbort);
      sftp?.off('close', onClose);
    });
  });
}

/** `undefined` where the server offers no sftp: then an exec carries the bytes. */
const openSftp = (runner: Runner): Promise<SFTPWrapper | undefined> =>
  runner.channels.sftp().then(
    (sftp) => sftp.on('error', () => {}), // what matters of it reaches the stream
    (error: unknown) => {
      if (error instanceof Problem && error.code === 'ssh.session_failed') return undefined;
      throw error;
    },
  );

/** The bytes of a remote file, with an end of our own: the one of ssh2's stream may never come. */
function readBySftp(sftp: SFTPWrapper, source: Readable, signal: AbortSignal | undefined): Readable {
  const copy = new PassThrough();
  const read = unlessStopped(pipeline(source, copy), { sftp, signal }).catch((error: unknown) => {
    if (!copy.destroyed) copy.destroy(error instanceof Error ? error : undefined);
  });
  void read.finally(() => sftp.end());
  // Who reads it hears of errors while reading; one more after that would end the process without a listener.
  source.on('error', () => {});
  return copy.on('error', () => {});
}

/** Not by sftp: that waits for an answer to every part, and takes twice the CPU time. */
async function writeByCat({ channels }: Runner, chunks: AsyncIterable<Buffer>, draft: string, signal?: AbortSignal): Promise<void> {
  const { line, preamble } = prepare(sh`umask 077; exec cat >${draft}`.text);
  await channels.exec(
    line,
    async (channel) => {
      channel.resume().stderr.resume();
      const exited = new Promise<number | null>((resolve) => channel.once('exit', resolve).once('close', () => resolve(null)));
      channel.write(preamble);
      await pipeline(chunks, channel, { ...(signal && { signal }) });
      if ((await exited) !== 0) throw sftpFailed('written');
    },
    // Beside the queue: four long uploads in it would keep every command waiting.
    { urgent: true, ...(signal && { signal }) },
  );
}

/** Here the rc files' chatter would end up in the file: the mark tells where it ends. */
async function readByTail({ channels }: Runner, file: string, offset: number, signal: AbortSignal | undefined): Promise<Readable> {
  const { line, preamble, mark } = prepare(sh`exec tail -c +${offset + 1} ${file}`.text);
  const channel = await channels.open(line);
  channel.stderr.resume();
  channel.end(preamble);
  const bytes = Readable.from(afterMark(channel, mark)).on('error', () => {});
  bytes.once('close', () => channel.destroy());
  return signal ? addAbortSignal(signal, bytes) : bytes;
}

async function* afterMark(channel: AsyncIterable<Buffer>, mark: string): AsyncGenerator<Buffer> {
  let held: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of channel) {
    if (!held) {
      yield chunk;
      continue;
    }
    held = Buffer.concat([held, chunk]);
    const at = held.indexOf(mark);
    const end = at < 0 ? -1 : held.indexOf('\n', at);
    if (end < 0) {
      held = held.subarray(-CHATTER);
      continue;
    }
    const rest = held.subarray(end + 1);
    held = undefined;
    if (rest.length > 0) yield rest;
  }
}

function* chunksOf(buffer: Buffer): Generator<Buffer> {
  for (let at = 0; at < buffer.length; at += 256 * 1024) yield buffer.subarray(at, at + 256 * 1024);
}

function explain(error: unknown, what: string): unknown {
  if (error instanceof Problem || (error instanceof Error && error.name === 'AbortError')) return error;
  const text = error instanceof CommandFailed ? error.stderr : String(error);
  if (/No space left|quota exceeded/i.test(text)) return diskFull(error);
  if (error instanceof CommandFailed) return sftpFailed(`${what} (${error.message.slice(0, 200)})`, error);
  return sftpFailed(what, error);
}
