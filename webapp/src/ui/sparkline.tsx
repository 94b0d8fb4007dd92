export interface SparklineProps {
  /** Oldest first; `null` where nothing was measured. */
  values: readonly (number | null)[];
  /** The scale's top; the highest value unless given. */
  max?: number;
  /** What it shows, for who cannot see it: "CPU, now 12 %". */
  label: string;
}

const [WIDTH, HEIGHT] = [96, 24];

/** The shape of the last hours, a word high. */
export function Sparkline({ values, max, label }: SparklineProps) {
  const known = values.filter((value) => value !== null);
  const top = max ?? Math.max(1e-9, ...known);
  const x = (at: number): number => (values.length < 2 ? 0 : (at / (values.length - 1)) * WIDTH);
  const y = (value: number): number => HEIGHT - 1 - (Math.min(value, top) / top) * (HEIGHT - 2);
  // A gap in the values is a gap in the line.
  const line = values
    .map((value, at) =>
      value === null ? '' : `${at === 0 || values[at - 1] === null ? 'M' : 'L'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`,
    )
    .join('');
  return (
    <svg className="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label} preserveAspectRatio="none">
      <path d={line} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
