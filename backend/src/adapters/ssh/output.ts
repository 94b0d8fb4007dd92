import type { Output } from '../../lib/host.ts';

const KEEP = 64 * 1024;

/** Keeps the first and the last 64 KiB (or `keep`) of a stream of text, and counts what it left out between them. */
export function createHeadTail(keep = KEEP) {
  let head = '';
  let tail = '';
  let omitted = 0;
  return {
    push(text: string): void {
      const room = keep - head.length;
      if (room > 0) {
        head += text.slice(0, room);
        text = text.slice(room);
      }
      tail += text;
      // Cut seldom: a slice copies, and a flood comes in small chunks.
      if (tail.length > 2 * KEEP) {
        omitted += tail.length - KEEP;
        tail = tail.slice(-KEEP);
      }
    },
    end(): { text: string; omitted: number } {
      if (tail.length > KEEP) {
        omitted += tail.length - KEEP;
        tail = tail.slice(-KEEP);
      }
      return { text: omitted > 0 ? `${head}\n[… ${omitted} characters left out …]\n${tail}` : head + tail, omitted };
    },
  };
}

// A line of a program is rarely longer; one of 100 MB must not be held.
const LONGEST_LINE = 64 * 1024;

/** Cuts a stream into lines. A line longer than 64 KiB is handed on in pieces. */
export function createLineSplitter(each: (line: string) => void) {
  let partial = '';
  return {
    push(chunk: string): void {
      const lines = (partial + chunk).split('\n');
      partial = lines.pop() ?? '';
      for (const line of lines) each(line);
      if (partial.length > LONGEST_LINE) {
        each(partial);
        partial = '';
      }
    },
    end(): void {
      if (partial) each(partial);
      partial = '';
    },
  };
}

export const outputOf = (stdout: { text: string; omitted: number }, stderr: { text: string; omitted: number }): Output => ({
  stdout: stdout.text,
  stderr: stderr.text,
  omitted: stdout.omitted + stderr.omitted,
});
