import { describe, expect, it } from 'vitest';
import { slopeOf } from '../../bench/soak/slope.ts';

describe('What a soak calls growth', () => {
  const noise = [3, -2, 1, -3, 2, 0, -1, 2, -2, 0];
  const samples = (of: (at: number) => number): number[] => Array.from({ length: 100 }, (_, at) => of(at) + (noise[at % 10] ?? 0));

  it('is the line through the samples, an hour of it', () => {
    expect(slopeOf([1, 2, 3, 4], 10)).toEqual({ perHour: 360, error: 0, mean: 2.5 });
  });
  it('is certain where it leaves the noise, and not where it does not', () => {
    const grows = slopeOf(
      samples((at) => 100 + at / 20),
      10,
    );
    expect(grows.perHour - 2 * grows.error).toBeGreaterThan(0);
    const stays = slopeOf(
      samples(() => 100),
      10,
    );
    expect(Math.abs(stays.perHour)).toBeLessThan(2 * stays.error);
  });
});
