/** The longest stretch, in milliseconds, in which the event loop could do nothing else while some work went on. */
export async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = performance.now();
  let going = true;
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (going) setImmediate(look);
  };
  setImmediate(look);
  await work();
  await new Promise(setImmediate);
  going = false;
  return longest;
}
