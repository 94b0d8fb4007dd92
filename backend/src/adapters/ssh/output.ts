import type { ClientChannel } from 'ssh2';
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

/** Everything that a channel says until it closes, or until `signal`; what is beyond `most` characters is read and forgotten. */
export function wholeText(channel: ClientChannel, { most, signal }: { most: number; signal: AbortSignal }): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const onAbort = (): void => {
      channel.destroy();
      reject(signal.reason);
    };
    channel.setEncoding('utf8').on('data', (chunk: string) => {
      if (text.length < most) text += chunk.slice(0, most - text.length);
    });
    channel.on('error', () => {}); // what matters of it arrives as `close`
    channel.on('close', () => {
      signal.removeEventListener('abort', onAbort);
      resolve(text);
    });
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
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
