import fs from 'node:fs/promises';
import { resolve } from 'node:path';
import ssh2, { type Attributes, type SFTPWrapper } from 'ssh2';

const { STATUS_CODE, flagsToString } = ssh2.utils.sftp;
const MOST_HANDLES = 64;
const LARGEST_READ = 256 * 1024;

/** The part of sftp that a download, a look at a file and somebody's `scp` need. Relative paths count from the home folder. */
export function serveSftp(sftp: SFTPWrapper, home: string): void {
  const handles = new Map<number, fs.FileHandle>();
  let lastHandle = 0;
  const abs = (path: string): string => resolve(home, path);
  const fileOf = (handle: Buffer): fs.FileHandle => {
    const file = handles.get(handle.length === 4 ? handle.readUInt32BE(0) : -1);
    if (!file) throw Object.assign(new Error('no such handle'), { code: 'EBADF' });
    return file;
  };
  /** Every request gets exactly one answer, whatever happens. */
  const answer = (id: number, work: () => Promise<void>): void => {
    work().catch((error: NodeJS.ErrnoException) => sftp.status(id, statusOf(error), error.message));
  };
  const done = (id: number): void => void sftp.status(id, STATUS_CODE.OK);

  sftp.on('REALPATH', (id, path) => void sftp.name(id, [{ filename: abs(path), longname: abs(path), attrs: NO_ATTRIBUTES }]));
  sftp.on('STAT', (id, path) => answer(id, async () => void sftp.attrs(id, attributesOf(await fs.stat(abs(path))))));
  sftp.on('LSTAT', (id, path) => answer(id, async () => void sftp.attrs(id, attributesOf(await fs.lstat(abs(path))))));
  sftp.on('FSTAT', (id, handle) => answer(id, async () => void sftp.attrs(id, attributesOf(await fileOf(handle).stat()))));
  sftp.on('OPEN', (id, path, flags, attributes) =>
    answer(id, async () => {
      if (handles.size >= MOST_HANDLES) throw new Error('too many open files');
      const file = await fs.open(abs(path), flagsToString(flags) ?? 'r', attributes.mode ?? 0o644);
      handles.set(++lastHandle, file);
      const handle = Buffer.alloc(4);
      handle.writeUInt32BE(lastHandle);
      sftp.handle(id, handle);
    }),
  );
  sftp.on('READ', (id, handle, offset, length) =>
    answer(id, async () => {
      const { buffer, bytesRead } = await fileOf(handle).read(
        Buffer.alloc(Math.min(length, LARGEST_READ)),
        0,
        Math.min(length, LARGEST_READ),
        offset,
      );
      if (bytesRead === 0) sftp.status(id, STATUS_CODE.EOF);
      else sftp.data(id, buffer.subarray(0, bytesRead));
    }),
  );
  sftp.on('WRITE', (id, handle, offset, bytes) =>
    answer(id, async () => (await fileOf(handle).write(bytes, 0, bytes.length, offset), done(id))),
  );
  sftp.on('FSETSTAT', (id, handle, { mode }) =>
    answer(id, async () => (mode !== undefined && (await fileOf(handle).chmod(mode & 0o7777)), done(id))),
  );
  sftp.on('SETSTAT', (id, path, { mode }) =>
    answer(id, async () => (mode !== undefined && (await fs.chmod(abs(path), mode & 0o7777)), done(id))),
  );
  sftp.on('CLOSE', (id, handle) =>
    answer(id, async () => {
      await fileOf(handle).close();
      handles.delete(handle.readUInt32BE(0));
      done(id);
    }),
  );
  sftp.on('RENAME', (id, from, to) => answer(id, async () => (await fs.rename(abs(from), abs(to)), done(id))));
  sftp.on('REMOVE', (id, path) => answer(id, async () => (await fs.unlink(abs(path)), done(id))));
  sftp.on('MKDIR', (id, path) => answer(id, async () => (await fs.mkdir(abs(path)), done(id))));
  sftp.on('end', () => sftp.end());
  sftp.on('close', () => {
    for (const file of handles.values()) void file.close().catch(() => {});
    handles.clear();
  });
}

const NO_ATTRIBUTES: Attributes = { mode: 0, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 };

const attributesOf = (stat: Awaited<ReturnType<typeof fs.stat>>): Attributes => ({
  mode: Number(stat.mode),
  uid: Number(stat.uid),
  gid: Number(stat.gid),
  size: Number(stat.size),
  atime: Math.floor(Number(stat.atimeMs) / 1000),
  mtime: Math.floor(Number(stat.mtimeMs) / 1000),
});

function statusOf({ code }: NodeJS.ErrnoException): number {
  if (code === 'ENOENT') return STATUS_CODE.NO_SUCH_FILE;
  return code === 'EACCES' || code === 'EPERM' ? STATUS_CODE.PERMISSION_DENIED : STATUS_CODE.FAILURE;
}
