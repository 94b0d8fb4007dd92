import type { ChangedMember, Member, NewMember } from '@clawmoor/shared/access.ts';
import type { Role } from '@clawmoor/shared/route.ts';
import type * as z from 'zod/mini';
import { iso, type Clock } from '../../lib/clock.ts';
import { futureMs } from '../../lib/given-time.ts';
import type { Database } from '../../lib/tables.ts';
import { alreadyMember, memberNotFound, ownerFixed, tooMany } from './access.problems.ts';
import { membersStore, type MemberRow } from './members.store.ts';

const MOST_MEMBERS = 100;

export interface MembersParts {
  db: Database;
  clock: Clock;
  /** Somebody's rights are others than a moment ago: what they hold open must be asked again. */
  onRightsChanged: (userId: string) => void;
}

export interface Ended {
  serverId: string;
  userId: string;
  role: Role;
}

export type Members = ReturnType<typeof createMembers>;

/** Who may do what on which server. */
export function createMembers({ db, clock, onRightsChanged }: MembersParts) {
  const store = membersStore(db, clock);

  async function mustGet(serverId: string, userId: string): Promise<MemberRow> {
    const row = await store.get(serverId, userId);
    if (!row) throw memberNotFound();
    return row;
  }

  async function end(serverId: string, userId: string): Promise<Member> {
    const before = await store.inOneGo(async (trx) => {
      const members = membersStore(trx, clock);
      const row = await members.get(serverId, userId);
      if (!row) throw memberNotFound();
      if (row.role === 'owner') throw ownerFixed();
      await members.remove(serverId, userId);
      await members.endTraces(serverId, userId);
      return row;
    });
    onRightsChanged(userId);
    return memberView(before);
  }

  return {
    roleOf: store.roleOf,
    serversOf: store.serversOf,
    addOwner: store.addOwner,
    list: async (serverId: string): Promise<Member[]> => (await store.list(serverId)).map(memberView),
    get: async (serverId: string, userId: string): Promise<Member> => memberView(await mustGet(serverId, userId)),

    /** Throws `access.already_member`, also for the owner. */
    async grant(serverId: string, by: string, { userId, role, expiresAt }: z.output<typeof NewMember>): Promise<Member> {
      const expires_at = expiresAt == null ? null : futureMs(expiresAt, { clock, path: 'expiresAt' });
      await store.inOneGo(async (trx) => {
        const members = membersStore(trx, clock);
        const all = await members.list(serverId);
        if (all.some((member) => member.user_id === userId)) throw alreadyMember();
        if (all.length >= MOST_MEMBERS) throw tooMany(MOST_MEMBERS, 'members');
        await members.nameUser(userId);
        await members.put({ server_id: serverId, user_id: userId, role, granted_by: by, granted_at: clock.now(), expires_at });
      });
      onRightsChanged(userId);
      return memberView(await mustGet(serverId, userId));
    },

    /** Throws `access.owner_fixed` for the owner. */
    async change(serverId: string, by: string, userId: string, { role, expiresAt }: z.output<typeof ChangedMember>): Promise<Member> {
      const given = expiresAt == null ? null : futureMs(expiresAt, { clock, path: 'expiresAt' });
      await store.inOneGo(async (trx) => {
        const members = membersStore(trx, clock);
        const row = await members.get(serverId, userId);
        if (!row) throw memberNotFound();
        if (row.role === 'owner') throw ownerFixed();
        const expires_at = expiresAt === undefined ? row.expires_at : given;
        await members.put({ server_id: serverId, user_id: userId, role, granted_by: by, granted_at: clock.now(), expires_at });
        if (role === 'viewer') await members.endTraces(serverId, userId);
      });
      onRightsChanged(userId);
      return memberView(await mustGet(serverId, userId));
    },

    /** Ends somebody's access, and with it their invitations and what was offered to them. Throws `access.owner_fixed`. */
    revoke: end,
    /** The same for oneself. */
    leave: end,

    /** Takes away the grants whose time is over, and names that stand for nothing any more; answers whose grants they were. */
    async endExpired(): Promise<Ended[]> {
      const rows = await store.inOneGo(async (trx) => {
        const members = membersStore(trx, clock);
        const expired = await members.takeExpired();
        for (const { server_id, user_id } of expired) await members.endTraces(server_id, user_id);
        await members.forgetUnseen();
        return expired;
      });
      for (const { user_id } of rows) onRightsChanged(user_id);
      return rows.map(({ server_id, user_id, role }) => ({ serverId: server_id, userId: user_id, role }));
    },
  };
}

const memberView = (row: MemberRow): Member => ({
  userId: row.user_id,
  role: row.role,
  firstName: row.last_seen_at ? row.first_name : null,
  username: row.username,
  grantedBy: row.granted_by,
  grantedAt: iso(row.granted_at),
  expiresAt: row.expires_at === null ? null : iso(row.expires_at),
});
