/** What OpenClaw takes as the id of an agent. */
export const isAgentId = (id: string): boolean => /^[a-z0-9][a-z0-9-]{0,62}$/.test(id);

/** An id for another agent like this one: `harbour-copy`, `harbour-copy-2`, … */
export function freeId(id: string, taken: readonly string[]): string {
  for (let copy = 1; ; copy++) {
    const ending = copy === 1 ? '-copy' : `-copy-${copy}`;
    const free = `${id.slice(0, 63 - ending.length)}${ending}`;
    if (!taken.includes(free)) return free;
  }
}
