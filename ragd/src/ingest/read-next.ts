import { readFileSync } from 'node:fs';
import type { Collection } from '../collection.ts';
import { Problem } from '../problem.ts';
import { chunkerOf } from '../settings.ts';
import { checkpoint, transaction } from '../store/database.ts';
import type { StoredFile } from '../store/files.store.ts';
import { parseInChild } from './parser.ts';

const TRIES = 3;

/** Reads the next document that waits, and answers whether there was one. One that cannot be read says why, and hinders no other. */
export async function readNext(
  open: () => Collection,
  { signal, tried, log }: { signal: AbortSignal; tried: Set<string>; log: (line: string) => void },
): Promise<boolean> {
  const { files, settings, blob } = open();
  // Only this function reads documents, one at a time: what is still being read was left by a kill or a full disk.
  const file = files.next('parsing') ?? files.next('queued');
  if (!file) return false;
  // A try counts once in the life of this process: a full disk makes it try often, and is not the document's fault.
  const again = tried.has(file.id);
  if (file.tries >= TRIES && !again) {
    files.fail(
      file.id,
      new Problem('file.too_complex', 'Reading this file ended the service three times', {
        fix: 'Save it in a simpler format and upload that.',
      }),
    );
    return true;
  }
  files.startParsing(file.id, { counts: !again });
  tried.add(file.id);
  const now = settings();
  let result: Awaited<ReturnType<typeof parseInChild>>;
  try {
    result = await parseInChild({ bytes: readFileSync(blob(file.sha256)), ...now.chunk, signal });
  } catch (error) {
    if (signal.aborted) return false;
    if (!(error instanceof Problem)) log(`${open().id}: ${(error as Error).stack}`);
    tried.delete(file.id);
    if (isCurrent(open(), file)) open().files.fail(file.id, error instanceof Problem ? error : failed());
    return true;
  }
  save(open(), { file, chunker: chunkerOf(now), ...result });
  tried.delete(file.id);
  return true;
}

const failed = (): Problem =>
  new Problem('internal.unexpected', 'Reading this file failed', { fix: 'Upload it again; if that fails too, save it in another format.' });

/** Not when it was deleted, cancelled, or replaced by newer content while it was read. */
function isCurrent({ files }: Collection, { id, sha256 }: StoredFile): boolean {
  const file = files.byId(id);
  return file?.sha256 === sha256 && file.state === 'parsing';
}

function save(
  collection: Collection,
  { file, chunker, type, flags, drafts }: { file: StoredFile; chunker: string } & Awaited<ReturnType<typeof parseInChild>>,
): void {
  if (!isCurrent(collection, file)) return;
  const { db, files, chunks, vectors, sweepBlobs } = collection;
  const gone = transaction(db, () => {
    const removed = chunks.replace(file.id, drafts);
    vectors.remove(removed);
    files.parsed({ id: file.id, sha256: file.sha256, type, chunker, flags });
    return removed;
  });
  if (gone.length > 0) checkpoint(db);
  sweepBlobs();
}
