/** Measures of a ranking that is already cut to its top; `right` are the names that answer the question, all of the same worth. */
export function ndcg(ranked: readonly string[], right: ReadonlySet<string>, top = 10): number {
  const gain = (rank: number): number => 1 / Math.log2(rank + 2);
  const ideal = sum(Array.from({ length: Math.min(right.size, top) }, (_, rank) => gain(rank)));
  return ideal === 0 ? 0 : sum(ranked.slice(0, top).map((name, rank) => (right.has(name) ? gain(rank) : 0))) / ideal;
}

export const recall = (ranked: readonly string[], right: ReadonlySet<string>): number =>
  right.size === 0 ? 0 : ranked.filter((name) => right.has(name)).length / right.size;

export function reciprocalRank(ranked: readonly string[], right: ReadonlySet<string>): number {
  const rank = ranked.findIndex((name) => right.has(name));
  return rank < 0 ? 0 : 1 / (rank + 1);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
