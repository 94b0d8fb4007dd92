import type { Position } from '../ingest/blocks.ts';
import type { Chunk, Scored } from '../store/chunks.store.ts';

export interface Passage {
  text: string;
  score: number;
  file: { id: string; name: string };
  position: Position;
}

/** More of one document than this would leave no room for another. */
const PER_DOCUMENT = 3;
/** Neighbours grow together up to this; more would bury the rest of the answer. */
const MERGED_CHUNKS = 3;

interface Group {
  chunks: Chunk[];
  score: number;
}

/** The best passages: neighbours of one document become one, and no document gives more than three. */
export function passages({
  ranked,
  get,
  limit,
}: {
  ranked: readonly Scored[];
  get: (id: number) => Chunk | undefined;
  limit: number;
}): Passage[] {
  const groups: Group[] = [];
  const perDocument = new Map<string, number>();
  for (const { id, score } of ranked) {
    const chunk = get(id);
    if (!chunk) continue;
    const neighbour = groups.find((group) => adjoins(group, chunk));
    if (neighbour) {
      neighbour.chunks = [...neighbour.chunks, chunk].toSorted((a, b) => a.seq - b.seq);
      continue;
    }
    const taken = perDocument.get(chunk.fileId) ?? 0;
    if (groups.length === limit || taken === PER_DOCUMENT) continue;
    perDocument.set(chunk.fileId, taken + 1);
    groups.push({ chunks: [chunk], score });
  }
  return groups.map(passageOf);
}

function adjoins({ chunks }: Group, chunk: Chunk): boolean {
  const [first, last] = [chunks[0], chunks.at(-1)];
  if (chunks.length === MERGED_CHUNKS || first?.fileId !== chunk.fileId) return false;
  return chunk.seq === first.seq - 1 || chunk.seq === (last?.seq ?? 0) + 1;
}

function passageOf({ chunks, score }: Group): Passage {
  const [first, last] = [chunks[0], chunks.at(-1)];
  if (!first || !last) throw new Error('a passage has a chunk at least');
  const text = chunks.map((chunk, index) => (index === 0 ? chunk.text : `\n${chunk.text.slice(chunk.overlap).trimStart()}`)).join('');
  return {
    text,
    score: Math.round(score * 10_000) / 10_000,
    file: { id: first.fileId, name: first.fileName },
    position: { ...first.position, to: Math.max(first.position.to, last.position.to) },
  };
}
