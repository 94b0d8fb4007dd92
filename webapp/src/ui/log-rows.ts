/** One line of a log as the view draws it. */
export interface LogRow {
  key: number;
  text: string;
  at?: string;
  /** Whether it tells of a failure, where that is known; else its words decide. */
  failed?: boolean;
}

export interface LogFilter {
  query: string;
  errorsOnly: boolean;
}

// What npm, systemd, apt, shells and OpenClaw write when something fails.
const ERROR =
  /\b(error|err!|fail(ed|ure)?|fatal|panic|denied|refused|cannot|exception|killed|timed? ?out|not found)\b|^E:|ENO[A-Z]+|EACCES/i;
const COLOURS = /\x1b\[[0-9;?]*[A-Za-z]/g;

/** A line of a server's output as text: it is never markup, and its colours are left out. */
export const plainText = (line: string): string => line.replace(COLOURS, '').replaceAll('\t', '    ');

export const isFailed = ({ text, failed }: LogRow): boolean => failed ?? looksFailed(text);
export const looksFailed = (text: string): boolean => ERROR.test(text);

export function filterRows(rows: readonly LogRow[], { query, errorsOnly }: LogFilter): readonly LogRow[] {
  if (query === '' && !errorsOnly) return rows;
  const wanted = query.toLowerCase();
  return rows.filter((row) => (!errorsOnly || isFailed(row)) && (wanted === '' || row.text.toLowerCase().includes(wanted)));
}

// East Asian letters and emoji take two columns of a monospaced font.
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]|\p{Extended_Pictographic}/gu;

/** Where each row begins, in lines, when every `columns` columns begin a new one; the last entry is the height of all. */
export function layRows(rows: readonly LogRow[], columns: number): Uint32Array {
  const starts = new Uint32Array(rows.length + 1);
  rows.forEach(({ text }, at) => {
    // eslint-disable-next-line no-control-regex -- most lines are ASCII and need no second look
    const width = /^[\x00-\x7f]*$/.test(text) ? text.length : text.length + (text.match(WIDE)?.length ?? 0);
    starts[at + 1] = (starts[at] ?? 0) + Math.max(1, Math.ceil(width / columns));
  });
  return starts;
}

/** The row that holds a line: the last one that begins at or before it. */
export function rowAt(starts: Uint32Array, line: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= line) low = middle;
    else high = middle - 1;
  }
  return low;
}
