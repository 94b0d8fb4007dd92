import { describe, expect, it } from 'vitest';
import { blocksOf, chunksOf, inlinesOf, type Inline } from './markdown-text.ts';

const blocks = (text: string) => chunksOf(text).flatMap((chunk) => blocksOf(chunk));
const plain = (parts: readonly Inline[]): string => parts.map((part) => ('text' in part ? part.text : plain(part.parts))).join('');

describe('A text in Markdown', () => {
  it('keeps code as it is, its empty lines and signs included, also while its end is not there yet', () => {
    const code = 'a = 1\n\n# not a heading\n<script>';
    for (const text of [`before\n\`\`\`py\n${code}\n\`\`\`\nafter`, `before\n\`\`\`py\n${code}`])
      expect(blocks(text)[1]).toEqual({ kind: 'code', language: 'py', text: code });
    expect(blocks('1. x\n\n   ```sh\n   ls\n     -l\n   ```')[1]).toEqual({ kind: 'code', language: 'sh', text: 'ls\n  -l' });
  });

  it('knows headings, lists in lists, quotes, rules and tables', () => {
    const found = blocks(
      '# Tide\n\n- one\n- two\n  - deeper\n\n3) three\n4) four\n\n> said\n> twice\n\n---\n\n| a | b |\n|---|:-:|\n| 1 | **2** |',
    );
    expect(found.map(({ kind }) => kind)).toEqual(['heading', 'list', 'list', 'quote', 'rule', 'table']);
    expect(found[1]).toMatchObject({ first: undefined, items: [[{ kind: 'paragraph' }], [{ kind: 'paragraph' }, { kind: 'list' }]] });
    expect(found[2]).toMatchObject({ first: 3, items: [{}, {}] });
    expect(found[5]).toMatchObject({ rows: [[[{ text: '1' }], [{ kind: 'strong' }]]] });
  });

  it('marks what is bold, leaning, struck or code, and leaves names and sums alone', () => {
    expect(inlinesOf('**a** *b* ~~c~~ `d*e*`').map(({ kind }) => kind)).toEqual(['strong', 'text', 'em', 'text', 'del', 'text', 'code']);
    for (const text of ['snake_case_name', '2*3*4', '**', '* a *', 'a\\*b'.replace('\\', ''), '[x](', '`'])
      expect(inlinesOf(text), text).toEqual([{ kind: 'text', text }]);
    expect(inlinesOf('a\\*b\\*')).toEqual([{ kind: 'text', text: 'a*b*' }]);
  });

  it('links to the web and to mailboxes only; the full stop after an address is not part of it (S19)', () => {
    expect(inlinesOf('see https://example.org/a_b. [docs](https://example.org/(x)) ![p](http://h/p.png)')).toEqual([
      { kind: 'text', text: 'see ' },
      { kind: 'link', href: 'https://example.org/a_b', parts: [{ kind: 'text', text: 'https://example.org/a_b' }] },
      { kind: 'text', text: '. ' },
      { kind: 'link', href: 'https://example.org/(x)', parts: [{ kind: 'text', text: 'docs' }] },
      { kind: 'text', text: ' ' },
      { kind: 'link', href: 'http://h/p.png', parts: [{ kind: 'text', text: 'p' }] },
    ]);
    for (const bad of ['[x](javascript:alert(1))', '[x](data:text/html,x)', '[x](//evil)', '[x](/servers)', '[x](JaVaScRiPt:x)'])
      expect(inlinesOf(bad)).toEqual([{ kind: 'text', text: bad }]);
  });

  it('takes HTML for the characters that it is', () => {
    const text = '<img src=x onerror=alert(1)> <b>x</b>';
    expect(blocks(text)).toEqual([{ kind: 'paragraph', parts: [{ kind: 'text', text }] }]);
  });

  it.each([
    ['*_'.repeat(20_000), 'signs'],
    ['['.repeat(9_999), 'brackets'],
    ['**a '.repeat(2_400), 'openings'],
    ['> '.repeat(5_000), 'quotes'],
    ['- '.repeat(5_000), 'items'],
    ['|'.repeat(9_999), 'cells'],
    [`${'  '.repeat(400)}- x\n`.repeat(200), 'indents'],
  ])('loses no character of a text made to take long: $1', (text) => {
    expect(text.replace(/[\s>|*-]/g, '')).toBe(
      blocks(text)
        .map(function flat(block): string {
          if ('parts' in block) return plain(block.parts);
          if (block.kind === 'list') return block.items.flat().map(flat).join('');
          return block.kind === 'quote' ? block.blocks.map(flat).join('') : '';
        })
        .join('')
        .replace(/[\s>|*-]/g, ''),
    );
  });

  it('changes its last piece only while it grows', () => {
    const text = 'One.\n\n```\ncode\n\nmore\n```\n\nTwo grows';
    expect(chunksOf(text).slice(0, 2)).toEqual(chunksOf(`${text} and grows`).slice(0, 2));
    expect(chunksOf(text)).toHaveLength(3);
  });
});
