import type * as z from 'zod/mini';
import { Problem } from '../../lib/problem.ts';

/** A gateway's answer as the schema has it; what else it says is dropped. Throws `gateway.bad_answer`, naming `what` was asked for. */
export function understand<Schema extends z.ZodMiniType>(schema: Schema, payload: unknown, what: string): z.output<Schema> {
  const parsed = schema.safeParse(payload);
  if (parsed.success) return parsed.data;
  throw new Problem('gateway.bad_answer', `The gateway answered ${what} that cannot be understood`, {
    fix: 'Update OpenClaw, or Clawmoor.',
  });
}

/** At most `most` characters; `null` for nothing. */
export const clip = (text: string | null | undefined, most: number): string | null => (text ? text.slice(0, most) : null);

/** The gateway's milliseconds as the API writes times; `null` for what is no time. */
export function timeOf(ms: number | null | undefined): string | null {
  // What a Date can hold.
  return typeof ms === 'number' && Number.isFinite(ms) && ms > 0 && ms < 8.64e15 ? new Date(ms).toISOString() : null;
}

/** The gateway says so in its own words only, without a code. */
export const isRefusal = (error: unknown, said: RegExp): error is Problem =>
  error instanceof Problem && (error.code === 'gateway.refused' || error.code === 'gateway.busy') && said.test(error.message);
