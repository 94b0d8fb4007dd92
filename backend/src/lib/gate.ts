/** Lets `width` calls through at once; the others wait in order. */
export function createGate(width: number): <T>(call: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let inside = 0;
  return async (call) => {
    if (inside >= width) await new Promise<void>((go) => waiting.push(go));
    else inside += 1;
    try {
      return await call();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else inside -= 1;
    }
  };
}
