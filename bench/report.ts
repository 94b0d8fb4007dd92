import { cpus, release } from 'node:os';

/** One line of the report: a figure of ours, its anchor of the same run, and the target for the ratio. */
export interface Figure {
  id: string;
  what: string;
  unit: string;
  ours: number;
  anchor?: { name: string; value: number };
  /** What is compared with the target: `ours / anchor` unless given. */
  ratio?: number;
  target?: { op: '<=' | '>='; value: number };
  note?: string;
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : (high + (sorted[middle - 1] ?? Number.NaN)) / 2;
};

export const ratioOf = (figure: Figure): number | undefined => figure.ratio ?? (figure.anchor && figure.ours / figure.anchor.value);

export function holds(figure: Figure): boolean | undefined {
  const ratio = ratioOf(figure) ?? figure.ours;
  if (!figure.target) return undefined;
  return figure.target.op === '<=' ? ratio <= figure.target.value : ratio >= figure.target.value;
}

export const machine = (): string =>
  `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores, Linux ${release()}, Node ${process.version}`;

const short = (value: number): string =>
  value >= 1000 ? String(Math.round(value)) : value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toPrecision(3);

/** The figures as a Markdown table, which is also readable in a terminal. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const ratio = ratioOf(figure);
    const verdict = { true: 'met', false: '**missed**', undefined: '' }[String(holds(figure))] ?? '';
    return [
      figure.id,
      figure.what,
      `${short(figure.ours)} ${figure.unit}`,
      figure.anchor ? `${short(figure.anchor.value)} ${figure.unit} (${figure.anchor.name})` : '–',
      ratio === undefined ? '–' : short(ratio),
      figure.target ? `${figure.target.op === '<=' ? '≤' : '≥'} ${figure.target.value}` : '–',
      verdict,
      figure.note ?? '',
    ];
  });
  const cells = [['id', 'what', 'ours', 'anchor in the same run', 'ratio', 'target', '', 'note'], ...rows];
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0), 3));
  const line = (row: readonly string[]): string => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(cells[0] ?? []), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...cells.slice(1).map(line)].join('\n');
}
