import { useSyncExternalStore } from 'react';

// How long the word of a success stands.
const SHOWN_MS = 15_000;
let last: { serverId: string } | undefined;
const listeners = new Set<() => void>();

const tell = (next: typeof last): void => {
  last = next;
  for (const listener of listeners) listener();
};

/** Says on every screen of the configuration that a change stands. */
export function noteApplied(serverId: string): void {
  const note = { serverId };
  tell(note);
  setTimeout(() => last === note && tell(undefined), SHOWN_MS);
}

export const useApplied = (serverId: string): boolean =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => last?.serverId === serverId,
  );
