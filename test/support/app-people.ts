import type { TestWorld } from './world.ts';

export const BORIS = { id: 712, name: 'Boris' };
export const MIRA = { id: 713, name: 'Mira' };
const HOUR_MS = 3_600_000;

/** Everything that people are in the app: members of each kind, invitations, an offer, tokens, a backup; all made over the API. */
export async function addPeople(test: TestWorld, owner: { id: number; name: string }, serverId: string): Promise<void> {
  const me = await test.person(owner.id, owner.name);
  const later = (hours: number): string => new Date(Date.now() + hours * HOUR_MS).toISOString();
  const must = async (path: string, body: object, headers: Record<string, string> = {}) => {
    const { status, text, body: answer } = await me.post(path, body, headers);
    if (status >= 300) throw new Error(`${path} answered ${status}: ${text}`);
    return answer;
  };
  test.world.bot.username = 'clawmoor_bot';
  await test.person(BORIS.id, BORIS.name, {});
  await test.person(MIRA.id, MIRA.name);
  await must(`/servers/${serverId}/access`, { userId: String(BORIS.id), role: 'admin' });
  await must(`/servers/${serverId}/access`, { userId: String(MIRA.id), role: 'viewer', expiresAt: later(4) });
  await must(`/servers/${serverId}/access`, { userId: '7140000000', role: 'viewer' });
  await must(`/servers/${serverId}/invitations`, { role: 'viewer' });
  await must(`/servers/${serverId}/invitations`, { role: 'admin', accessExpiresAt: later(48), forUserId: '7150000000' });
  const wrong = await must(`/servers/${serverId}/invitations`, { role: 'admin' });
  await me.remove(`/servers/${serverId}/invitations/${wrong.id}`);
  await must(`/servers/${serverId}/ownership`, { userId: String(BORIS.id) }, { 'x-step-up': await test.stepUp(me) });
  await must('/me/tokens', { name: 'Backups at night', scope: 'read' });
  await must('/me/tokens', { name: 'Laptop', scope: 'admin', expiresAt: later(24 * 30) });
  await must('/admin/backups/run', {});
  // Refused, so that the audit log has something to refuse.
  const boris = await test.person(BORIS.id, BORIS.name);
  await boris.remove(`/servers/${serverId}/access/${MIRA.id}`);
}
