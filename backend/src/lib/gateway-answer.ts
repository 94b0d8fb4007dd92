import * as z from 'zod/mini';
import type { GatewayCall, Gateways } from './gateway.ts';
import { Problem } from './problem.ts';

/** Asks the gateway and reads its answer; what the schema does not name is dropped. Throws `gateway.bad_answer` besides. */
export async function askGateway<Schema extends z.ZodMiniType>(
  gateways: Pick<Gateways, 'request'>,
  serverId: string,
  { answers, ...call }: GatewayCall & { answers: Schema },
): Promise<z.output<Schema>> {
  const parsed = answers.safeParse(await gateways.request(serverId, call));
  if (parsed.success) return parsed.data;
  throw new Problem('gateway.bad_answer', `The gateway answered “${call.method}” with something that cannot be understood`, {
    fix: 'Update OpenClaw, or Clawmoor.',
    cause: parsed.error,
  });
}

/** At most `most` characters; `null` where there is nothing. */
export const clip = (text: string | null | undefined, most: number): string | null => (text ? text.slice(0, most) : null);

/** Whether the gateway itself refused, with words like these. */
export const refusedWith = (error: unknown, words: RegExp): error is Problem =>
  error instanceof Problem && (error.code === 'gateway.refused' || error.code === 'gateway.busy') && words.test(error.message);
