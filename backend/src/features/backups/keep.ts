export interface Kept {
  created_at: number;
  /** Its file is there, with the size that it was made with. */
  whole: boolean;
}

/** Which copies may go: all but the newest `keep`, and those older than `keptFrom`; the newest whole one never. */
export function expired<Row extends Kept>(newestFirst: readonly Row[], { keep, keptFrom }: { keep: number; keptFrom: number }): Row[] {
  const lastGood = newestFirst.find(({ whole }) => whole);
  const whole = newestFirst.filter((row) => row.whole);
  const kept = new Set(whole.slice(0, keep).filter(({ created_at }) => created_at >= keptFrom));
  return newestFirst.filter((row) => row !== lastGood && !kept.has(row));
}
