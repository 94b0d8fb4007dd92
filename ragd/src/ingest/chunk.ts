import { limits } from '../limits.ts';
import type { Block, Draft, Unit } from './blocks.ts';

/** Rises when the same document would be cut in another way; documents that an older one cut are read again by a reindex. */
export const CHUNKER = 1;

/** A heading sooner than this joins the passage before it: a passage of one line says little. */
const SHORT = 200;
const HEADING_CHARS = 200;
/** One character of these scripts is about 1 / 1.5 tokens, one Latin character 1 / 4. */
const DENSE = /[\u0e00-\u0e7f\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]/g;
const DENSE_WEIGHT = 1.7;

/** Length in Latin characters of the same number of tokens. */
export const weight = (text: string): number => text.length + DENSE_WEIGHT * (text.match(DENSE)?.length ?? 0);

interface Piece {
  text: string;
  at: number;
  glue: string;
}

/** Cuts a document into passages of about `size` characters that begin at headings, paragraphs or sentences and overlap by whole sentences. */
export async function chunk({
  blocks,
  unit,
  size,
  overlap,
}: {
  blocks: Iterable<Block> | AsyncIterable<Block>;
  unit: Unit;
  size: number;
  overlap: number;
}) {
  const drafts: Draft[] = [];
  const path: string[] = [];
  let pieces: Piece[] = [];
  let repeated = 0; // how many of the pieces were in the passage before
  let heading = '';
  let part: string | undefined;
  const length = (): number => pieces.reduce((sum, piece) => sum + weight(piece.text) + piece.glue.length, 0);
  const flush = ({ carry }: { carry: boolean }): void => {
    if (pieces.length > repeated) drafts.push(draftOf({ pieces, repeated, heading, unit, part }));
    pieces = carry ? tail(pieces, overlap) : [];
    repeated = pieces.length;
    heading = path.filter(Boolean).join(' › ').slice(-HEADING_CHARS);
  };
  for await (const block of blocks) {
    if (block.part !== part) {
      flush({ carry: false });
      part = block.part;
      path.length = 0;
      heading = '';
    }
    if (block.level !== undefined) {
      const keeps = pieces.length > repeated && length() < SHORT;
      if (!keeps) flush({ carry: false });
      path.length = block.level - 1;
      path[block.level - 1] = block.text.replaceAll(/\s+/g, ' ').trim().slice(0, HEADING_CHARS);
      if (keeps) pieces.push({ text: block.text, at: block.at, glue: '\n' });
      else heading = path.filter(Boolean).join(' › ').slice(-HEADING_CHARS);
      continue;
    }
    for (const piece of piecesOf(block, size)) {
      if (pieces.length > 0 && length() + weight(piece.text) > size) flush({ carry: true });
      // The repeated part must not push the new piece over the size.
      if (pieces.length > 0 && pieces.length === repeated && length() + weight(piece.text) > size) [pieces, repeated] = [[], 0];
      pieces.push(piece);
    }
  }
  flush({ carry: false });
  return drafts;
}

function draftOf(of: { pieces: Piece[]; repeated: number; heading: string; unit: Unit; part: string | undefined }): Draft {
  const join = (pieces: readonly Piece[]): string =>
    pieces.map(({ text, glue }, index) => (index === 0 ? text : `${glue}${text}`)).join('');
  const from = of.pieces[of.repeated]?.at ?? 0;
  return {
    heading: of.heading,
    text: join(of.pieces),
    overlap: of.repeated === 0 ? 0 : join(of.pieces.slice(0, of.repeated)).length,
    position: {
      unit: of.unit,
      from,
      to: of.pieces.at(-1)?.at ?? from,
      ...(of.heading !== '' && { heading: of.heading }),
      ...(of.part !== undefined && { part: of.part }),
    },
  };
}

/** The last whole pieces that fit the overlap. */
function tail(pieces: readonly Piece[], overlap: number): Piece[] {
  let [kept, length] = [pieces.length, 0];
  while (kept > 1) {
    length += weight(pieces[kept - 1]?.text ?? '');
    if (length > overlap) break;
    kept -= 1;
  }
  return pieces.slice(kept);
}

let sentences: Intl.Segmenter | undefined;

/** A paragraph that fits stays whole; a longer one falls into sentences, a longer sentence into words, and a longer word is cut. */
function* piecesOf({ text, at, lines }: Block, size: number): Iterable<Piece> {
  if (lines) {
    for (const [index, line] of text.split('\n').entries()) {
      for (const piece of cut(line, size)) yield { text: piece, at: at + index, glue: '\n' };
    }
    return;
  }
  const trimmed = text.trim();
  if (trimmed === '') return;
  // Below the overlap a paragraph may be repeated whole; above it sentences are the finer measure.
  if (weight(trimmed) <= size / 2) return yield { text: trimmed, at, glue: '\n' };
  sentences ??= new Intl.Segmenter(undefined, { granularity: 'sentence' });
  let glue = '\n';
  for (const { segment } of sentences.segment(trimmed)) {
    for (const piece of cut(segment.trim(), size)) {
      yield { text: piece, at, glue };
      glue = ' ';
    }
  }
}

function* cut(text: string, size: number): Iterable<string> {
  let rest = text;
  while (weight(rest) > size) {
    const most = Math.max(1, Math.min(limits.chunkHardChars, Math.floor((size * rest.length) / weight(rest))));
    const space = rest.lastIndexOf(' ', most);
    let end = space > most / 2 ? space : most;
    if (/[\ud800-\udbff]/.test(rest[end - 1] ?? '')) end += 1; // never through a surrogate pair
    yield rest.slice(0, end);
    rest = rest.slice(end).trimStart();
  }
  if (rest !== '') yield rest;
}
