const KEEP = 64 * 1024;

/** Keeps the last 64 KiB of lines. */
export function createTail() {
  let lines: string[] = [];
  let size = 0;
  return {
    push(line: string): void {
      lines.push(line);
      size += line.length + 1;
      if (size < 2 * KEEP) return;
      lines = lines.join('\n').slice(-KEEP).split('\n');
      size = KEEP;
    },
    text: (): string => lines.join('\n').slice(-KEEP),
  };
}
