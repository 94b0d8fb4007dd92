import { describe, expect, it } from 'vitest';
import { createPace } from '../../ragd/src/pace.ts';
import { fuse } from '../../ragd/src/retrieve/fuse.ts';
import { ndcg, recall, reciprocalRank } from '../../ragd/src/retrieve/measures.ts';
import { passages } from '../../ragd/src/retrieve/passages.ts';
import { matchExpression } from '../../ragd/src/retrieve/terms.ts';

const chunk = (id: number, { fileId = 'a', seq = id, text = `text ${id}`, overlap = 0 } = {}) => ({
  id,
  fileId,
  fileName: fileId,
  seq,
  heading: '',
  text,
  overlap,
  position: { unit: 'line' as const, from: seq, to: seq },
});

describe('Ranking', () => {
  it('weighs words and vectors after each is brought to 0…1', () => {
    const lexical = [{ id: 1, score: 10 }, { id: 2, score: 5 }]; // prettier-ignore
    const dense = [{ id: 1, score: 0.1 }, { id: 2, score: 0.2 }, { id: 3, score: 0.5 }]; // prettier-ignore
    expect(fuse({ lexical, dense, weight: 0 }).map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(fuse({ lexical, dense, weight: 1 }).map(({ id }) => id)).toEqual([3, 2, 1]);
    expect(fuse({ lexical, dense, weight: 0.3 })[0]).toEqual({ id: 1, score: 0.7 });
    expect(fuse({ lexical: [], dense: [], weight: 0.3 })).toEqual([]);
  });

  it('joins neighbours without repeating what overlaps, and takes three of one document at most', () => {
    const all = [
      chunk(1, { seq: 1, text: 'One. Two.' }),
      chunk(2, { seq: 2, text: 'Two. Three.', overlap: 4 }),
      ...[5, 8, 11].map((id) => chunk(id)),
      chunk(20, { fileId: 'b' }),
    ];
    const ranked = all.map(({ id }, index) => ({ id, score: 1 - index / 10 }));
    const found = passages({ ranked, get: (id) => all.find((one) => one.id === id), limit: 5 });
    expect(found.map(({ file }) => file.name)).toEqual(['a', 'a', 'a', 'b']);
    expect(found[0]).toMatchObject({ text: 'One. Two.\nThree.', position: { from: 1, to: 2 } });
  });

  it('asks for the words that tell something, and segments scripts without spaces', () => {
    expect(matchExpression('what is the tide at noon?')).toBe('"tide" OR "noon"');
    expect(matchExpression('to be or not to be')).toContain('"be"');
    expect(matchExpression('灯塔开放时间')).toMatch(/"灯塔".* OR /);
    expect(matchExpression('"quoted" AND NEAR(x) *')).toBe('"quoted" OR "near" OR "x"');
    expect(matchExpression('?!')).toBeUndefined();
  });

  it('measures as the literature does', () => {
    const right = new Set(['a', 'b']);
    expect(ndcg(['a', 'b', 'c'], right)).toBe(1);
    expect(ndcg(['c', 'a'], right)).toBeCloseTo(0.6309 / 1.6309, 3);
    expect(recall(['c', 'a'], right)).toBe(0.5);
    expect(reciprocalRank(['c', 'a'], right)).toBe(0.5);
    expect(reciprocalRank(['c'], right)).toBe(0);
  });

  it('tells the rate of the last minute, and nothing before there is one', () => {
    let now = 0;
    const pace = createPace(() => now);
    expect(pace.perSecond('chunks')).toBeUndefined();
    for (const at of [1_000, 3_000, 5_000]) {
      now = at;
      pace.add('chunks', 16);
    }
    expect(pace.perSecond('chunks')).toBe(8);
    expect(pace.perSecond('files')).toBeUndefined();
    now = 100_000;
    expect(pace.perSecond('chunks')).toBeUndefined();
  });
});
