import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { CliError, EXIT, usage } from '../exit.ts';

// A private key is 4 KB; more than this on stdin is a mistake, not a secret.
const MOST_BYTES = 64 * 1024;

export type Ask = ReturnType<typeof createAsk>;

/** Asks the person at the terminal, or reads what was piped in. Secrets come by these ways alone: a command line can be seen by others. */
export function createAsk({ stdin, stderr, signal }: { stdin: NodeJS.ReadStream; stderr: NodeJS.WriteStream; signal: AbortSignal }) {
  const isTTY = stdin.isTTY === true && stderr.isTTY === true;
  return {
    /** Somebody can be asked. */
    isTTY,
    /** A line that is typed; without echo where it is a secret. Throws where nobody can be asked. */
    async line(question: string, { secret = false } = {}): Promise<string> {
      if (!isTTY) throw usage('There is no terminal to ask at');
      const output = new Writable({ write: (chunk, _encoding, done) => (secret ? done() : stderr.write(chunk, () => done())) });
      const reader = createInterface({ input: stdin, output, terminal: true });
      // After the terminal has stopped to echo: who types at once is not seen either.
      if (secret) stderr.write(question);
      try {
        return await new Promise<string>((resolve, reject) => {
          const leave = (): void => reject(new DOMException('Interrupted', 'AbortError'));
          signal.addEventListener('abort', leave, { once: true });
          // In raw mode a Ctrl-C is a key: it is made the signal that it is elsewhere.
          reader.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
          // Ctrl-D.
          reader.on('close', () => reject(new CliError(EXIT.failed, 'cli.not_answered', { message: 'The question was not answered' })));
          reader.question(secret ? '' : question, resolve);
        });
      } finally {
        reader.close();
        if (secret) stderr.write('\n');
      }
    },
    /** All of stdin, without the line break at its end. */
    async stdin(what: string): Promise<string> {
      if (stdin.isTTY) throw usage(`${what} is read from stdin, and stdin is a terminal`, 'Pipe it in: … < file');
      let text = '';
      signal.addEventListener('abort', () => stdin.destroy(), { once: true });
      for await (const chunk of stdin.setEncoding('utf8')) {
        text += String(chunk);
        if (text.length > MOST_BYTES) throw usage(`${what} on stdin is larger than ${MOST_BYTES / 1024} KB`);
      }
      signal.throwIfAborted();
      const value = text.replace(/\r?\n$/, '');
      if (value === '') throw usage(`${what} is read from stdin, and stdin is empty`);
      return value;
    },
  };
}
