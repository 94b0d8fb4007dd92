import { getDocumentProxy } from 'unpdf';
import { limits } from '../limits.ts';
import { Problem } from '../problem.ts';
import type { Block } from './blocks.ts';

interface Line {
  text: string;
  height: number;
}

/** A line this much larger than most of its page is a heading. */
const HEADING_RATIO = 1.15;
const HEADING_CHARS = 150;

/** The text of a PDF page by page; only one page is in memory at a time. */
export async function* pdfBlocks(bytes: Buffer): AsyncIterable<Block> {
  const pdf = await open(bytes);
  if (pdf.numPages > limits.pages)
    throw new Problem('file.too_many_pages', `This PDF has ${pdf.numPages} pages; ${limits.pages} are the most`, {
      fix: 'Split it into parts.',
    });
  let found = false;
  for (let number = 1; number <= pdf.numPages; number++) {
    const page = await pdf.getPage(number);
    const { items } = await page.getTextContent();
    for (const block of pageBlocks(linesOf(items), number)) {
      found = true;
      yield block;
    }
    page.cleanup();
  }
  if (!found)
    throw new Problem('file.no_text', 'This PDF holds only pictures of text, as a scanner makes them', {
      fix: 'Run text recognition (OCR) over it and upload the result.',
    });
}

async function open(bytes: Buffer) {
  try {
    return await getDocumentProxy(new Uint8Array(bytes), { stopAtErrors: false, verbosity: 0 });
  } catch (error) {
    if ((error as Error).name === 'PasswordException')
      throw new Problem('file.encrypted', 'This PDF is protected by a password', {
        fix: 'Save it without a password and upload it again.',
      });
    throw new Problem('file.broken', 'This PDF is damaged', {
      fix: 'Open it on your device, save it again and upload the copy.',
      cause: error,
    });
  }
}

function linesOf(items: readonly object[]): Line[] {
  const lines: Line[] = [];
  let line: Line = { text: '', height: 0 };
  for (const item of items) {
    if (!('str' in item)) continue;
    const { str, hasEOL, height } = item as { str: string; hasEOL: boolean; height: number };
    line = { text: line.text + str, height: Math.max(line.height, str.trim() === '' ? 0 : height) };
    if (!hasEOL) continue;
    lines.push(line);
    line = { text: '', height: 0 };
  }
  return [...lines, line].map(({ text, height }) => ({ text: text.trim(), height })).filter(({ text }) => text !== '');
}

function* pageBlocks(lines: readonly Line[], page: number): Iterable<Block> {
  const body = usualHeight(lines);
  let text = '';
  for (const line of lines) {
    const heading = line.height > body * HEADING_RATIO && line.text.length < HEADING_CHARS && /\p{L}/u.test(line.text);
    if (!heading) {
      // A word that was cut at the end of the line is whole again.
      text =
        /\p{L}-$/u.test(text) && /^\p{Ll}/u.test(line.text)
          ? text.slice(0, -1) + line.text
          : `${text}${text === '' ? '' : '\n'}${line.text}`;
      continue;
    }
    if (text !== '') yield { text, at: page };
    text = '';
    yield { text: line.text, at: page, level: line.height > body * 1.5 ? 1 : 2 };
  }
  if (text !== '') yield { text, at: page };
}

function usualHeight(lines: readonly Line[]): number {
  const chars = new Map<number, number>();
  for (const { text, height } of lines) chars.set(Math.round(height * 2) / 2, (chars.get(Math.round(height * 2) / 2) ?? 0) + text.length);
  return [...chars].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
}
