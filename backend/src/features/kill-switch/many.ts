import type { KillState, KillVerdict } from '@clawmoor/shared/kill-switch.ts';
import type { Role } from '@clawmoor/shared/route.ts';
import { Problem } from '../../lib/problem.ts';

const AT_ONCE = 8;

/** The same for each server that is named, with a verdict for each: a failure of one stops no other. Nothing named, nothing done. */
export async function forEachServer(
  serverIds: readonly string[],
  roleOf: (serverId: string) => Promise<Role | undefined>,
  work: (serverId: string) => Promise<KillState>,
): Promise<KillVerdict[]> {
  const waiting = [...new Set(serverIds)];
  const verdicts = new Map<string, KillVerdict>();
  const worker = async (): Promise<void> => {
    for (let serverId = waiting.shift(); serverId !== undefined; serverId = waiting.shift())
      verdicts.set(serverId, await verdictOf(serverId, roleOf, work));
  };
  const order = [...waiting];
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return order.flatMap((serverId) => verdicts.get(serverId) ?? []);
}

async function verdictOf(
  serverId: string,
  roleOf: (serverId: string) => Promise<Role | undefined>,
  work: (serverId: string) => Promise<KillState>,
): Promise<KillVerdict> {
  try {
    const role = await roleOf(serverId);
    if (role === undefined) throw new Problem('server.not_found', 'There is no such server, or it is not shared with you');
    if (role === 'viewer') throw new Problem('auth.role_too_low', 'This needs the role admin on the server');
    return { serverId, ok: true, code: null, message: null, fix: null, state: await work(serverId) };
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError')
      return { serverId, ok: false, code: 'gateway.timeout', message: 'The server did not answer in time', fix: 'Ask again.', state: null };
    if (!(error instanceof Problem)) throw error;
    return { serverId, ok: false, code: error.code, message: error.message, fix: error.fix ?? null, state: null };
  }
}
