export interface Turn {
  wallMs: number;
  /** Of this thread: what other programs on the machine took is not in it. */
  cpuMs: number;
}

/** The longest stretch in which the event loop could do nothing else while some work went on. */
export async function longestTurn(work: () => Promise<unknown>): Promise<Turn> {
  const longest: Turn = { wallMs: 0, cpuMs: 0 };
  let wall = performance.now();
  let cpu = threadCpuMs();
  let going = true;
  const look = (): void => {
    longest.wallMs = Math.max(longest.wallMs, performance.now() - wall);
    longest.cpuMs = Math.max(longest.cpuMs, threadCpuMs() - cpu);
    wall = performance.now();
    cpu = threadCpuMs();
    if (going) setImmediate(look);
  };
  setImmediate(look);
  await work();
  await new Promise(setImmediate);
  going = false;
  return longest;
}

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
