/** The oldest OpenClaw that setup and update run with on every change, from an installation to an update of it. */
export const TESTED_FROM = '2026.9.5';

/** The newest OpenClaw that the test suite has run with. A newer one is used all the same, with a badge. */
export const TESTED_UP_TO = '2026.9.6';

const parts = (version: string): number[] =>
  version
    .split(/[.-]/)
    .slice(0, 3)
    .map((part) => Number.parseInt(part, 10) || 0);

export function isNewerThanTested(version: string): boolean {
  const [theirs, tested] = [parts(version), parts(TESTED_UP_TO)];
  const differing = theirs.findIndex((part, index) => part !== tested[index]);
  return differing >= 0 && (theirs[differing] ?? 0) > (tested[differing] ?? 0);
}
