/** `2026.9.6`, `2026.7.1-2` (a correction of 2026.7.1, so newer) or `2026.9.1-beta.1` (before 2026.9.1). */
const VERSION = /^v?(\d{4})\.(\d{1,3})\.(\d{1,4})(?:-(?:(\d+)|([a-z]+)\.?(\d+)?))?$/;

export const isVersion = (text: string): boolean => VERSION.test(text);

/** Below 0: the first is the older one. What is no version counts as the oldest. */
export function compareVersions(one: string, other: string): number {
  const [ours, theirs] = [keyOf(one), keyOf(other)];
  const at = ours.findIndex((part, index) => part !== theirs[index]);
  return at < 0 ? 0 : (ours[at] ?? 0) - (theirs[at] ?? 0);
}

function keyOf(version: string): number[] {
  const [, year, month, patch, correction, word, count] = VERSION.exec(version) ?? [];
  // A pre-release stands before the release, a correction after it.
  const place = word === undefined ? Number(correction ?? 0) : -1;
  return [Number(year ?? 0), Number(month ?? 0), Number(patch ?? 0), place, Number(count ?? 0)];
}
