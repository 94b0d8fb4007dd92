/** Whether Clawmoor could be reached by the last request: `undefined`, or since when it could not. */
let offlineSince: number | undefined;
const listeners = new Set<() => void>();

export const offline = (): number | undefined => offlineSince;
export function subscribeToConnection(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export function noteConnection(works: boolean): void {
  if (works === (offlineSince === undefined)) return;
  offlineSince = works ? undefined : Date.now();
  for (const listener of listeners) listener();
}
