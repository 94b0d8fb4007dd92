/** The word that was probably meant, or `undefined` where none is near. */
export function nearest(word: string, all: readonly string[]): string | undefined {
  const [best] = all.map((each) => ({ each, distance: distanceOf(word, each) })).toSorted((one, other) => one.distance - other.distance);
  return best && best.distance <= Math.max(1, Math.floor(word.length / 3)) ? best.each : undefined;
}

/** Levenshtein's: how many letters must be put in, left out or changed. */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [at, letter] of [...one].entries()) {
    const next = [at + 1];
    for (let to = 1; to <= other.length; to++)
      next.push(Math.min((row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1, (row[to - 1] ?? 0) + (letter === other[to - 1] ? 0 : 1)));
    row = next;
  }
  return row.at(-1) ?? 0;
}
