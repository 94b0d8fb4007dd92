import { styleText } from 'node:util';
import type { ShownProblem } from '../exit.ts';
import { padded, plain, safeJson, widthOf } from './plain.ts';

export interface Stream {
  isTTY?: boolean | undefined;
  columns?: number | undefined;
  write: (text: string) => unknown;
}

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

export type Output = ReturnType<typeof createOutput>;

export interface OutputParts {
  stdout: Stream;
  stderr: Stream;
  env: NodeJS.ProcessEnv;
  /** Answers are JSON, as the API gives them. */
  json: boolean;
}

/** Where a command writes: answers to stdout, all else to stderr. What a server said passes through `plain` on its way. */
export function createOutput({ stdout, stderr, env, json }: OutputParts) {
  let status = '';
  const colours = (stream: Stream): boolean => stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  const style = (style: Style, text: string, stream = stdout): string =>
    colours(stream) ? styleText(style, text, { validateStream: false }) : text;
  const showsStatus = !json && colours(stdout);
  const clear = (): void => void (status !== '' && (stdout.write('\r\x1b[2K'), (status = '')));
  const line = (text: string): void => {
    clear();
    stdout.write(`${text}\n`);
  };

  return {
    json,
    isTTY: stdout.isTTY === true,
    /** A person at a terminal reads what `note` says. */
    notesAreSeen: stderr.isTTY === true,
    style,
    /** A line for people; in JSON there are none. */
    say(text = ''): void {
      if (!json) line(text);
    },
    /** A line beside the answer: on stderr, also in JSON. */
    note(text: string): void {
      clear();
      stderr.write(`${text}\n`);
    },
    /** The answer: JSON as it is, or the lines that people read. */
    answer<T>(value: T, lines: (value: T) => void): void {
      if (json) line(safeJson(value, 2));
      else lines(value);
    },
    /** JSON for people and programs alike. */
    raw: (value: unknown): void => line(safeJson(value, 2)),
    /** Text of our own, as it is. */
    text(text: string): void {
      clear();
      stdout.write(text);
    },
    /** One event of a feed: a JSON object on a line of its own. */
    event(value: unknown): void {
      if (json) line(safeJson(value));
    },
    /** What happens now, on a line that the next one replaces; nothing where that cannot be. */
    status(text: string): void {
      if (!showsStatus) return;
      clear();
      status = fitted(plain(text), (stdout.columns ?? 80) - 1);
      stdout.write(styleText('dim', status, { validateStream: false }));
    },
    /** Columns of plain text under their heads; an empty table says so in words. */
    table(heads: readonly string[], rows: readonly (readonly (string | null)[])[], none: string): void {
      if (rows.length === 0) return line(none);
      const cells = [heads, ...rows.map((row) => row.map((cell) => plain(cell ?? '–')))];
      const widths = heads.map((_head, at) => Math.max(...cells.map((row) => widthOf(row[at] ?? ''))));
      for (const [index, row] of cells.entries()) {
        const text = row.map((cell, at) => (at === row.length - 1 ? cell : padded(cell, widths[at] ?? 0))).join('  ');
        line(index === 0 ? style('dim', text) : text);
      }
    },
    problem({ error, code, fix, requestId, ...rest }: ShownProblem): void {
      clear();
      if (json) {
        const body = { error, code, ...(fix !== undefined && { fix }), ...(requestId !== undefined && { requestId }), ...rest };
        return void stderr.write(`${safeJson(body)}\n`);
      }
      stderr.write(`${style('red', 'clawmoor:', stderr)} ${plain(error)}\n`);
      if (fix !== undefined) stderr.write(`  ${plain(fix)}\n`);
      const traces = [code, ...(requestId === undefined ? [] : [`request ${requestId}`])];
      stderr.write(`  ${style('dim', `(${plain(traces.join(', '))})`, stderr)}\n`);
    },
    clear,
  };
}

function fitted(text: string, most: number): string {
  let shown = text;
  while (shown !== '' && widthOf(shown) > most) shown = shown.slice(0, -1);
  return shown;
}
