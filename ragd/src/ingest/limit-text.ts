import { limits } from '../limits.ts';
import { Problem } from '../problem.ts';
import type { Block } from './blocks.ts';

export const tooMuchText = (): Problem =>
  new Problem('file.too_much_text', `This document has more than ${limits.textChars.toLocaleString('en')} characters`, {
    fix: 'Split it into parts.',
  });

/** Passes the blocks on, and stops a document that is longer than any book. */
export async function* limitText(blocks: Iterable<Block> | AsyncIterable<Block>): AsyncIterable<Block> {
  let chars = 0;
  for await (const block of blocks) {
    chars += block.text.length;
    if (chars > limits.textChars) throw tooMuchText();
    yield block;
  }
}
