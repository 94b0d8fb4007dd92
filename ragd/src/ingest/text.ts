import { analyse } from 'chardet';
import { parse as parseCsv } from 'csv-parse/sync';
import type { Block } from './blocks.ts';
import { delimiterOf, unsupported } from './sniff.ts';

const DETECT_BYTES = 65_536;

/** The text of a file in whatever encoding; bytes that are no text are refused. */
export function decode(bytes: Buffer): string {
  const mark = bytes.readUInt16BE(0);
  if (bytes.length >= 2 && (mark === 0xfeff || mark === 0xfffe))
    return new TextDecoder(mark === 0xfeff ? 'utf-16be' : 'utf-16le').decode(bytes);
  if (bytes.subarray(0, DETECT_BYTES).includes(0)) throw unsupported('not a text');
  try {
    return clean(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    const [best] = analyse(bytes.subarray(0, DETECT_BYTES));
    if (!best || best.confidence < 10) throw unsupported('not a text');
    return clean(new TextDecoder(best.name.toLowerCase()).decode(bytes));
  }
}

const clean = (text: string): string => {
  const controls = text.slice(0, DETECT_BYTES).match(/[\u0001-\u0008\u000e-\u001a\u001c-\u001f]/g)?.length ?? 0;
  if (controls > text.length / 100) throw unsupported('not a text');
  return text.replaceAll('\r\n', '\n').replaceAll('\r', '\n');
};

/** Paragraphs with the line they begin at; in Markdown, headings too, but not inside code fences. */
export function* textBlocks(text: string, { headings }: { headings: boolean }): Iterable<Block> {
  let [paragraph, start, fence] = [[] as string[], 1, false];
  const lines = text.split('\n');
  const flush = function* (lined = false): Iterable<Block> {
    if (paragraph.some((line) => line.trim() !== '')) yield { text: paragraph.join('\n'), at: start, ...(lined && { lines: true }) };
    paragraph = [];
  };
  for (const [index, line] of lines.entries()) {
    const fenced = headings && /^\s*(```|~~~)/.test(line);
    const heading = headings && !fence ? /^(#{1,6})\s+(.*?)\s*#*$/.exec(line) : null;
    if (heading || (line.trim() === '' && !fence)) {
      yield* flush();
      if (heading) yield { text: heading[2] ?? '', at: index + 1, level: heading[1]?.length ?? 1 };
      continue;
    }
    if (fenced && !fence) yield* flush();
    if (paragraph.length === 0) start = index + 1;
    // A list or a table says one thing a line.
    if (!fence && paragraph.length > 0 && /^\s*([-*+|]|\d+[.)])\s/.test(line)) {
      yield* flush();
      start = index + 1;
    }
    paragraph.push(line);
    if (fenced && fence) yield* flush(true);
    if (fenced) fence = !fence;
  }
  yield* flush(fence);
}

/** Code falls at its blank lines where what follows begins at the left margin. */
export function* codeBlocks(text: string): Iterable<Block> {
  let [group, start] = [[] as string[], 1];
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\S/.test(line) && group.at(-1)?.trim() === '') {
      yield { text: group.join('\n').trimEnd(), at: start, lines: true };
      group = [];
    }
    if (group.length === 0) start = index + 1;
    if (line.trim() !== '' || group.length > 0) group.push(line);
  }
  if (group.length > 0) yield { text: group.join('\n').trimEnd(), at: start, lines: true };
}

/** A table row as `column: cell | column: cell`, so that a passage can be read without the head of the table. */
export function rowBlock({
  header,
  cells,
  at,
  part,
}: {
  header: readonly string[];
  cells: readonly string[];
  at: number;
  part?: string;
}): Block {
  const text = cells
    .map((cell, column) => [header[column]?.trim() ?? '', cell.trim()] as const)
    .filter(([, cell]) => cell !== '')
    .map(([name, cell]) => (name === '' ? cell : `${name}: ${cell}`))
    .join(' | ');
  return { text, at, ...(part !== undefined && { part }) };
}

export function* csvBlocks(text: string): Iterable<Block> {
  const delimiter = delimiterOf(text.split('\n', 400).filter((line) => line.trim() !== '')) ?? ',';
  const rows = parseCsv(text, { delimiter, relax_column_count: true, relax_quotes: true, skip_empty_lines: true, bom: true }) as string[][];
  const [header = [], ...rest] = rows;
  if (rest.length === 0) yield { text: header.join(' | '), at: 1 };
  for (const [index, cells] of rest.entries()) yield rowBlock({ header, cells, at: index + 2 });
}

/** Each leaf as `path: value`, one line; the fields of an object stay together. */
export function* jsonBlocks(value: unknown): Iterable<Block> {
  let row = 0;
  // Walked with a list of our own: a document nested a million deep must not exhaust the stack.
  const open: { path: string; value: unknown }[] = [{ path: '', value }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { path, value: current } = next;
    if (current === null || typeof current !== 'object') {
      yield { text: path === '' ? String(current) : `${path}: ${String(current)}`, at: ++row };
      continue;
    }
    const fields = Object.entries(current);
    const leaves = fields.filter(([, field]) => field === null || typeof field !== 'object');
    const name = (key: string): string => (path === '' ? key : `${path}.${key}`);
    if (leaves.length > 0)
      yield { text: `${path === '' ? '' : `${path} | `}${leaves.map(([key, leaf]) => `${key}: ${String(leaf)}`).join(' | ')}`, at: ++row };
    for (const [key, field] of fields.toReversed())
      if (field !== null && typeof field === 'object') open.push({ path: name(key), value: field });
  }
}

export function* jsonlBlocks(text: string): Iterable<Block> {
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    let value: unknown = line;
    try {
      value = JSON.parse(line);
    } catch {
      // a line that is no JSON is kept as it stands
    }
    yield { text: [...jsonBlocks(value)].map((block) => block.text).join(' | '), at: index + 1 };
  }
}
