import { post } from './bridge.ts';

/** A thing that one place at a time may have: the topmost claim wins, and when it goes the one below has it again. */
export interface Layers<Claim> {
  /** A screen claims at depth 0, a sheet over it at 1. Answers how to give the claim back. */
  add: (claim: Claim, depth?: number) => () => void;
  top: () => Claim | undefined;
  /** What a claim holds has changed. */
  changed: () => void;
}

/** `settle` is told of the top claim after each change. */
export function createLayers<Claim>(settle: (top: Claim | undefined) => void): Layers<Claim> {
  let claims: { claim: Claim; depth: number }[] = [];
  const top = (): Claim | undefined => claims.at(-1)?.claim;
  const changed = (): void => settle(top());
  return {
    top,
    changed,
    add(claim, depth = 0) {
      const entry = { claim, depth };
      // Not by age alone: React runs the effects of a sheet before those of the screen that holds it.
      claims = [...claims, entry].toSorted((a, b) => a.depth - b.depth);
      changed();
      return () => {
        claims = claims.filter((other) => other !== entry);
        changed();
      };
    },
  };
}

/** Posts a setting once a change of screens is over, and only when it differs: a button that two screens share does not flicker. */
export function createSetting(name: string, initial: Record<string, unknown>): (params: Record<string, unknown>) => void {
  let wanted = initial;
  let posted = JSON.stringify(initial);
  let waiting = false;
  return (params) => {
    wanted = params;
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => {
      waiting = false;
      const json = JSON.stringify(wanted);
      if (json === posted) return;
      posted = json;
      post(name, wanted);
    });
  };
}
