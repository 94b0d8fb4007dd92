/** Runs work of the same name one after the other, work of different names side by side. */
export function createTurns() {
  const last = new Map<string, Promise<unknown>>();
  return function inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const mine = (last.get(name) ?? Promise.resolve()).then(work, work);
    const settled = mine.catch(() => {}).finally(() => last.get(name) === settled && last.delete(name));
    last.set(name, settled);
    return mine;
  };
}
