import { Parser } from 'htmlparser2';
import { limits } from '../limits.ts';
import type { Block } from './blocks.ts';
import { tooMuchText } from './limit-text.ts';

/** Nobody reads these, or they are the same on every page. */
const SKIPPED = new Set([
  'script',
  'style',
  'noscript',
  'template',
  'svg',
  'math',
  'iframe',
  'object',
  'nav',
  'footer',
  'aside',
  'form',
  'select',
]);
const BREAKING = new Set(
  'address article blockquote body caption dd div dl dt figcaption figure header hr li main ol p pre section table td th tr ul h1 h2 h3 h4 h5 h6'.split(
    ' ',
  ),
);

/** The visible text of a page in reading order: headings, paragraphs, list items, table rows. Entities of a DTD are never resolved. */
export function htmlBlocks(html: string, { part, xml = false, from = 0 }: { part?: string; xml?: boolean; from?: number } = {}): Block[] {
  const blocks: Block[] = [];
  let [text, skipping, level, chars, pre, at] = ['', 0, 0, 0, 0, from];
  let row: string[] | undefined;
  const flush = (): void => {
    const body = pre > 0 ? text.replace(/^\n+|\s+$/g, '') : text.replaceAll(/\s+/g, ' ').trim();
    text = '';
    if (body === '') return;
    if (row) return void row.push(body);
    add(body);
  };
  const add = (body: string): void => {
    chars += body.length;
    if (chars > limits.textChars) throw tooMuchText();
    at += 1;
    blocks.push({
      text: body,
      at,
      ...(level > 0 && { level }),
      ...(part !== undefined && { part }),
      ...(pre > 0 && level === 0 && { lines: true }),
    });
  };
  const parser = new Parser(
    {
      onopentag(name) {
        if (SKIPPED.has(name)) skipping += 1;
        if (skipping > 0 || !(BREAKING.has(name) || name === 'br')) return;
        if (name === 'br') return void (text += '\n');
        flush();
        if (name === 'tr') row = [];
        if (name === 'pre') pre += 1;
        if (/^h[1-6]$/.test(name)) level = Number(name[1]);
      },
      ontext(words) {
        if (skipping === 0) text += words;
      },
      onclosetag(name) {
        if (SKIPPED.has(name)) skipping = Math.max(0, skipping - 1);
        if (skipping > 0 || !BREAKING.has(name)) return;
        flush();
        if (name === 'pre') pre = Math.max(0, pre - 1);
        if (/^h[1-6]$/.test(name)) level = 0;
        if (name !== 'tr' || !row) return;
        const cells = row.join(' | ');
        row = undefined;
        if (cells !== '') add(cells);
      },
    },
    { xmlMode: xml, decodeEntities: true, lowerCaseTags: !xml },
  );
  parser.end(html);
  row = undefined;
  flush();
  return blocks;
}

/** Any XML: every element that has text of its own is a paragraph. */
export function xmlBlocks(xml: string): Block[] {
  const blocks: Block[] = [];
  let text = '';
  const flush = (): void => {
    const body = text.replaceAll(/\s+/g, ' ').trim();
    text = '';
    if (body !== '') blocks.push({ text: body, at: blocks.length + 1 });
  };
  const parser = new Parser({ onopentag: flush, onclosetag: flush, ontext: (words) => void (text += words) }, { xmlMode: true });
  parser.end(xml);
  return blocks;
}
