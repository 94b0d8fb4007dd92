/** What was done lately: the rate that a person sees, and what is left of it as time. */
export interface Pace {
  add: (unit: PaceUnit, n: number) => void;
  perSecond: (unit: PaceUnit) => number | undefined;
}
export type PaceUnit = 'chunks' | 'files';

const WINDOW_MS = 60_000;

/** Work of the last minute; a pause of a minute forgets it. */
export function createPace(now: () => number = () => performance.now()): Pace {
  let done: { unit: PaceUnit; n: number; at: number }[] = [];
  const begun = new Map<PaceUnit, number>();
  const recent = (unit: PaceUnit) => {
    done = done.filter(({ at }) => at > now() - WINDOW_MS);
    return done.filter((one) => one.unit === unit);
  };
  return {
    add(unit, n) {
      if (recent(unit).length === 0) begun.set(unit, now());
      done.push({ unit, n, at: now() });
    },
    perSecond(unit) {
      const [first, ...rest] = recent(unit);
      if (!first || rest.length === 0) return undefined;
      const ms = now() - Math.max(begun.get(unit) ?? 0, now() - WINDOW_MS);
      // The first batch ended at the beginning of the time that is measured, so it does not count.
      const n = rest.reduce((sum, one) => sum + one.n, 0);
      return ms <= 0 ? undefined : (n / ms) * 1_000;
    },
  };
}
