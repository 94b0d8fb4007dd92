import type { RagFile } from '@clawmoor/shared/rag-documents.ts';
import type { Upload } from '../../lib/caller.ts';
import { Problem } from '../../lib/problem.ts';
import type { Ragd } from '../../lib/ragd.ts';
import { UploadWire } from './wire.ts';

export interface Taken {
  files: RagFile[];
  /** The first thing that went wrong with a file; the others are taken all the same. */
  problem: Problem | undefined;
  accepted: number;
}

/** Each file as it arrives, straight to the server. One that is refused is in the answer with the reason, and keeps none of the others out. */
export async function takeFiles(ragd: Ragd, uploads: AsyncIterable<Upload>, { agentId, jobId, now }: Taking): Promise<Taken> {
  const files: RagFile[] = [];
  let problem: Problem | undefined;
  let accepted = 0;
  for await (const { name, stream } of uploads) {
    const query = new URLSearchParams({ name, job: jobId });
    try {
      const path = `/agents/${agentId}/files?${query}`;
      const { file } = await ragd.ask({ method: 'PUT', path, content: stream, withinMs: 120_000, answers: UploadWire });
      files.push(file);
      accepted += 1;
    } catch (error) {
      // What is wrong with the collection, or with the server, is wrong for every file.
      if (!(error instanceof Problem) || !OF_ONE_FILE.has(error.code)) throw error;
      problem ??= error;
      files.push(refusedFile(name, error, now));
    }
  }
  return { files, problem, accepted };
}

interface Taking {
  agentId: string;
  jobId: string;
  /** As the API writes it. */
  now: string;
}

const OF_ONE_FILE = new Set(['rag.file_too_large', 'request.too_large', 'rag.refused', 'rag.limit_reached']);

const refusedFile = (name: string, { code, message, fix }: Problem, now: string): RagFile => ({
  id: '',
  name: name.slice(0, 255),
  size: 0,
  type: null,
  sha256: '',
  state: 'failed',
  chunks: 0,
  error: { code, message, ...(fix !== undefined && { fix }) },
  flags: [],
  addedAt: now,
  changedAt: now,
});
