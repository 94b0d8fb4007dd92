export interface Slope {
  /** Of the straight line through the samples. */
  perHour: number;
  /** Standard error of that; a slope within twice of it cannot be told from none. */
  error: number;
  mean: number;
}

/** The straight line through samples that were taken `everySeconds` apart. */
export function slopeOf(samples: readonly number[], everySeconds: number): Slope {
  const n = samples.length;
  const mean = samples.reduce((sum, value) => sum + value, 0) / n;
  const middle = (n - 1) / 2;
  const spread = samples.reduce((sum, _, at) => sum + (at - middle) ** 2, 0);
  const slope = samples.reduce((sum, value, at) => sum + (at - middle) * (value - mean), 0) / spread;
  const rest = samples.reduce((sum, value, at) => sum + (value - mean - slope * (at - middle)) ** 2, 0);
  const perHour = 3_600 / everySeconds;
  return { perHour: slope * perHour, error: Math.sqrt(rest / Math.max(1, n - 2) / spread) * perHour, mean };
}
