/** A piece of a text as it is drawn. Never markup of the page: what looks like HTML is drawn as the characters that it is. */
export type Inline =
  | { kind: 'text' | 'code'; text: string }
  | { kind: 'strong' | 'em' | 'del'; parts: Inline[] }
  | { kind: 'link'; href: string; parts: Inline[] };

export type Block =
  | { kind: 'code'; language: string; text: string }
  | { kind: 'heading' | 'paragraph'; parts: Inline[] }
  | { kind: 'list'; first: number | undefined; items: Block[][] }
  | { kind: 'quote'; blocks: Block[] }
  | { kind: 'table'; head: Inline[][]; rows: Inline[][][] }
  | { kind: 'rule' };

const FENCE = /^\s*(`{3,}|~{3,})\s*([\w+#.-]*)/;
// Longer stretches are drawn as they are: signs without an end would be looked for again and again.
const MOST_INLINE = 10_000;
const MOST_DEPTH = 5;

/** Cuts a text at its empty lines, code kept whole: a text that grows changes its last piece only. */
export function chunksOf(text: string): string[] {
  const chunks: string[] = [];
  let lines: string[] = [];
  let fence: string | undefined;
  const cut = (): void => {
    if (lines.length > 0) chunks.push(lines.join('\n'));
    lines = [];
  };
  for (const line of text.replaceAll('\r\n', '\n').split('\n')) {
    const mark = FENCE.exec(line)?.[1];
    if (fence !== undefined) {
      lines.push(line);
      if (mark?.startsWith(fence)) {
        fence = undefined;
        cut();
      }
    } else if (mark !== undefined) {
      cut();
      fence = mark;
      lines.push(line);
    } else if (line.trim() === '') cut();
    else lines.push(line);
  }
  cut();
  return chunks;
}

/** What a piece of `chunksOf` holds. */
export function blocksOf(chunk: string, depth = 0): Block[] {
  const lines = chunk.split('\n');
  const fence = FENCE.exec(lines[0] ?? '');
  if (fence) return [codeOf(lines, fence[1] ?? '', fence[2] ?? '')];
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length;) {
    const { block, taken } = blockAt(lines, at, depth);
    blocks.push(block);
    at += Math.max(1, taken);
  }
  return blocks;
}

function codeOf(lines: string[], fence: string, language: string): Block {
  const indent = /^\s*/.exec(lines[0] ?? '')?.[0].length ?? 0;
  const closed = lines.length > 1 && (lines.at(-1) ?? '').trim().startsWith(fence);
  const body = lines.slice(1, closed ? -1 : undefined).map((line) => line.slice(Math.min(indent, line.search(/\S|$/))));
  return { kind: 'code', language, text: body.join('\n') };
}

const ITEM = /^(\s*)(?:[-*+]|(\d{1,9})[.)])\s+(.*)$/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

function blockAt(lines: string[], at: number, depth: number): { block: Block; taken: number } {
  const line = lines[at] ?? '';
  const heading = /^\s{0,3}#{1,6}\s+(.*?)\s*#*$/.exec(line);
  if (heading) return { block: { kind: 'heading', parts: inlinesOf(heading[1] ?? '') }, taken: 1 };
  if (/^\s{0,3}([-*_])(\s*\1){2,}\s*$/.test(line)) return { block: { kind: 'rule' }, taken: 1 };
  if (depth < MOST_DEPTH && /^\s{0,3}>/.test(line)) {
    const quoted = takeWhile(lines, at, (one) => /^\s{0,3}>/.test(one)).map((one) => one.replace(/^\s{0,3}> ?/, ''));
    return {
      block: { kind: 'quote', blocks: chunksOf(quoted.join('\n')).flatMap((one) => blocksOf(one, depth + 1)) },
      taken: quoted.length,
    };
  }
  if (depth < MOST_DEPTH && ITEM.test(line)) return listAt(lines, at, depth);
  if (line.includes('|') && TABLE_RULE.test(lines[at + 1] ?? '') && (lines[at + 1] ?? '').includes('|')) {
    const rows = takeWhile(lines, at + 2, (one) => one.includes('|'));
    return { block: { kind: 'table', head: cellsOf(line), rows: rows.map(cellsOf) }, taken: rows.length + 2 };
  }
  const text = [line, ...takeWhile(lines, at + 1, (one) => !/^\s{0,3}(#{1,6}\s|>)/.test(one) && !ITEM.test(one))];
  return { block: { kind: 'paragraph', parts: inlinesOf(text.map((one) => one.trim()).join('\n')) }, taken: text.length };
}

function takeWhile(lines: string[], from: number, wanted: (line: string) => boolean): string[] {
  const end = lines.findIndex((line, at) => at >= from && !wanted(line));
  return lines.slice(from, end === -1 ? undefined : end);
}

/** One level of a list; what is indented deeper than its first sign belongs to the item above. */
function listAt(lines: string[], at: number, depth: number): { block: Block; taken: number } {
  const [, indent = '', number] = ITEM.exec(lines[at] ?? '') ?? [];
  const items: string[][] = [];
  let taken = 0;
  for (const line of lines.slice(at)) {
    const item = ITEM.exec(line);
    if (item && (item[1] ?? '').length <= indent.length) items.push([item[3] ?? '']);
    else if (/^\s/.test(line) && line.search(/\S/) > indent.length) items.at(-1)?.push(line);
    else break;
    taken += 1;
  }
  const bodies = items.map((body) => body.map((line, row) => (row === 0 ? line : line.replace(/^\s{1,4}/, ''))).join('\n'));
  return {
    block: {
      kind: 'list',
      first: number === undefined ? undefined : Number(number),
      items: bodies.map((body) => blocksOf(body, depth + 1)),
    },
    taken,
  };
}

const cellsOf = (line: string): Inline[][] =>
  line
    .trim()
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => inlinesOf(cell.trim()));

// Every stretch has a longest length, so that a text of opening signs alone costs no more than its length.
const INLINE =
  /(`{1,3})(?!`)([^\n]{1,2000}?)\1(?!`)|(\*\*|__|~~)(?=\S)([^\n]{1,1000}?\S|\S)\3|([*_])(?=[^\s*_])([^\n*_]{1,500})\5|!?\[([^\]\n]{0,300})\]\(<?([^\s()<>]{1,1000}(?:\([^\s()<>]{0,200}\)[^\s()<>]{0,200})?)>?(?:\s+"[^"\n]{0,200}")?\)|(https?:\/\/[^\s<>"'`|]{1,1000})|\\([\\`*_{}[\]()#+.!|~>-])/g;

/** Bold, code, links and the like within a line. A link leads to the web or to a mailbox, nowhere else. */
export function inlinesOf(text: string, depth = 0): Inline[] {
  if (depth > MOST_DEPTH || text.length > MOST_INLINE) return [{ kind: 'text', text }];
  const parts: Inline[] = [];
  let plain = '';
  let end = 0;
  const add = (part: Inline): void => {
    if (plain !== '') parts.push({ kind: 'text', text: plain });
    plain = '';
    parts.push(part);
  };
  for (const found of text.matchAll(INLINE)) {
    plain += text.slice(end, found.index);
    end = found.index + found[0].length;
    const part = partOf(found, text, depth);
    if (part.kind === 'text') plain += part.text;
    else add(part);
    // A full stop after an address is the sentence's.
    if (part.kind === 'link' && found[9] !== undefined) plain += found[9].slice(part.href.length);
  }
  plain += text.slice(end);
  if (plain !== '') parts.push({ kind: 'text', text: plain });
  return parts;
}

function partOf(found: RegExpExecArray, whole: string, depth: number): Inline {
  const [all, , code, double, doubled, single, singled, label, target, address, escaped] = found;
  if (code !== undefined) return { kind: 'code', text: code };
  if (double !== undefined) return { kind: double === '~~' ? 'del' : 'strong', parts: inlinesOf(doubled ?? '', depth + 1) };
  if (single !== undefined) {
    const around = `${whole[found.index - 1] ?? ' '}${whole[found.index + all.length] ?? ' '}`;
    // snake_case is a name, and 2*3*4 is arithmetic.
    return /\w/.test(around) ? { kind: 'text', text: all } : { kind: 'em', parts: inlinesOf(singled ?? '', depth + 1) };
  }
  if (target !== undefined) {
    if (!/^(https?:\/\/|mailto:)/i.test(target)) return { kind: 'text', text: all };
    return { kind: 'link', href: target, parts: inlinesOf(label === '' || label === undefined ? target : label, MOST_DEPTH) };
  }
  if (address !== undefined) {
    const href = address.replace(/[.,;:!?)\]*_]+$/, '');
    return { kind: 'link', href, parts: [{ kind: 'text', text: href }] };
  }
  return { kind: 'text', text: escaped ?? all };
}
