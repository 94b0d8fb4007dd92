/** Scripts that put no spaces between words; the full-text index would take a whole sentence for one word. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const WORDS = /[\p{L}\p{M}\p{N}]+/gu;
const MOST_TERMS = 32;

/** Words that are in nearly every English text: they cost time and decide nothing. */
const COMMON = new Set(
  `a about all also an and any are as at be been but by can could did do does for from had has have he her his how i if in into is it its
  may me more my no not of on or our she should so some such than that the their them then there these they this those to was we were
  what when where which who why will with would you your`.split(/\s+/),
);

let segmenter: Intl.Segmenter | undefined;

function segmented(text: string): string {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'word' });
  let words = '';
  for (const { segment } of segmenter.segment(text)) words += `${segment} `;
  return words;
}

/** What the index shall hold of a text; `undefined` when that is the text itself. */
export const indexTerms = (text: string): string | undefined => (UNSPACED.test(text) ? segmented(text) : undefined);

/** A question as an FTS5 expression: any of its words; `undefined` when it has none. */
export function matchExpression(query: string): string | undefined {
  const words = (indexTerms(query) ?? query).toLowerCase().match(WORDS) ?? [];
  const distinct = [...new Set(words)];
  const telling = distinct.filter((word) => !COMMON.has(word));
  const terms = (telling.length > 0 ? telling : distinct).slice(0, MOST_TERMS);
  return terms.length === 0 ? undefined : terms.map((term) => `"${term}"`).join(' OR ');
}
