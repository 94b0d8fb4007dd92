import type { Invitation, NewInvitation } from '@clawmoor/shared/invitations.ts';
import type { Role } from '@clawmoor/shared/route.ts';
import { iso, type Clock } from '../../lib/clock.ts';
import { futureMs } from '../../lib/given-time.ts';
import type { MakeId } from '../../lib/id.ts';
import { hashSecret, newSecret } from '../../lib/secret.ts';
import type { Database } from '../../lib/tables.ts';
import {
  alreadyMember,
  forAnotherPerson,
  invitationExpired,
  invitationNotFound,
  invitationUsed,
  invitationVoid,
  roleNotYours,
  tooMany,
} from './access.problems.ts';
import { invitationsStore, type InvitationRow } from './invitations.store.ts';
import { membersStore } from './members.store.ts';

const GOOD_FOR_MS = 24 * 3_600_000;
const KEPT_MS = 30 * 24 * 3_600_000;
const MOST_OPEN = 20;
const RANK = { viewer: 1, admin: 2, owner: 3 } as const satisfies Record<Role, number>;
const START_PARAM = /^inv_([A-Za-z0-9_-]{16,64})$/;

export interface InvitationsParts {
  db: Database;
  clock: Clock;
  makeId: MakeId;
  /** A deep link into the app with this `startapp`; `null` while the bot's name is not known. */
  linkTo: (startParam: string) => string | null;
  onRightsChanged: (userId: string) => void;
}

export interface WantedInvitation {
  role: 'viewer' | 'admin';
  accessExpiresAt?: string | null | undefined;
  forUserId?: string | null | undefined;
}

export type Invitations = ReturnType<typeof createInvitations>;

/** Links that give a role on a server to whoever uses them first. They count only while their maker may give that role. */
export function createInvitations({ db, clock, makeId, linkTo, onRightsChanged }: InvitationsParts) {
  const store = invitationsStore(db);
  const members = membersStore(db, clock);

  /** The invitation that this person may use now. Throws 404, 403, or 410 with the reason. */
  async function usable(code: string, userId: string): Promise<InvitationRow> {
    const row = await store.byHash(hashSecret(code));
    if (!row) throw invitationNotFound();
    if (row.for_user_id !== null && row.for_user_id !== userId) throw forAnotherPerson();
    const state = await stateOf(row);
    if (state === 'used') throw invitationUsed();
    if (state === 'expired') throw invitationExpired();
    if (state === 'void') throw invitationVoid();
    return row;
  }

  async function stateOf(row: InvitationRow): Promise<Invitation['state']> {
    if (row.used_at !== null) return 'used';
    if (row.revoked_at !== null) return 'void';
    if (row.expires_at <= clock.now() || (row.access_expires_at ?? Infinity) <= clock.now()) return 'expired';
    // The rights of now, not those of the day it was made.
    return mayGive(await members.roleOf(row.server_id, row.created_by), row.role) ? 'open' : 'void';
  }

  const view = async (row: InvitationRow): Promise<Invitation> => ({
    id: row.id,
    role: row.role,
    accessExpiresAt: row.access_expires_at === null ? null : iso(row.access_expires_at),
    forUserId: row.for_user_id,
    createdAt: iso(row.created_at),
    expiresAt: iso(row.expires_at),
    state: await stateOf(row),
    usedBy: row.used_by,
  });

  return {
    /** Throws `access.role_not_yours_to_give` for a role that is not below the caller's own. */
    async create(
      serverId: string,
      by: { userId: string; role: Role },
      { role, accessExpiresAt, forUserId }: WantedInvitation,
    ): Promise<NewInvitation> {
      if (!mayGive(by.role, role)) throw roleNotYours();
      const access_expires_at = accessExpiresAt == null ? null : futureMs(accessExpiresAt, { clock, path: 'accessExpiresAt' });
      const mine = await Promise.all((await store.madeBy(serverId, by.userId)).map(stateOf));
      if (mine.filter((state) => state === 'open').length >= MOST_OPEN) throw tooMany(MOST_OPEN, 'open invitations of yours');
      const code = newSecret();
      const now = clock.now();
      const id = makeId('inv');
      await store.add({
        id,
        server_id: serverId,
        role,
        access_expires_at,
        for_user_id: forUserId ?? null,
        code_hash: hashSecret(code),
        created_by: by.userId,
        created_at: now,
        expires_at: now + GOOD_FOR_MS,
        used_at: null,
        used_by: null,
        revoked_at: null,
      });
      const row = await store.byId(id);
      if (!row) throw invitationNotFound();
      return { ...(await view(row)), code, link: linkTo(`inv_${code}`) };
    },
    list: async (serverId: string, userId: string): Promise<Invitation[]> => Promise.all((await store.madeBy(serverId, userId)).map(view)),
    /** Throws `invitation.not_found` for somebody else's. */
    async revoke(serverId: string, userId: string, id: string): Promise<Invitation> {
      const row = await store.byId(id);
      if (!row || row.server_id !== serverId || row.created_by !== userId) throw invitationNotFound();
      if (row.used_at === null && row.revoked_at === null) await store.revoke(id, clock.now());
      return view(row);
    },
    async read(code: string, userId: string) {
      const row = await usable(code, userId);
      const { server_name: serverName, creator_name: invitedBy, role } = row;
      const { accessExpiresAt, expiresAt } = await view(row);
      return { id: row.id, serverId: row.server_id, serverName, role, invitedBy, accessExpiresAt, expiresAt };
    },
    /** Gives the role and uses the invitation up, both or neither. Throws `access.already_member` where it would give nothing. */
    async accept(code: string, userId: string): Promise<{ id: string; serverId: string; role: Role }> {
      const { id, server_id, role, access_expires_at, created_by } = await usable(code, userId);
      await store.inOneGo(async (trx) => {
        const inside = membersStore(trx, clock);
        const now = clock.now();
        if (!mayGive(await inside.roleOf(server_id, created_by), role)) throw invitationVoid();
        const current = await inside.get(server_id, userId);
        const longer = (access_expires_at ?? Infinity) > (current?.expires_at ?? Infinity);
        if (current && (RANK[current.role] > RANK[role] || (current.role === role && !longer))) throw alreadyMember();
        if (!(await invitationsStore(trx).use(id, userId, now))) throw invitationUsed();
        await inside.put({ server_id, user_id: userId, role, granted_by: created_by, granted_at: now, expires_at: access_expires_at });
      });
      onRightsChanged(userId);
      return { id, serverId: server_id, role };
    },
    /** Whether the `start_param` of a launch is an invitation that this person may use: it lets them sign in, and nothing more. */
    async admits(startParam: string | null, userId: string): Promise<boolean> {
      const code = START_PARAM.exec(startParam ?? '')?.[1];
      if (code === undefined) return false;
      return usable(code, userId).then(
        () => true,
        () => false,
      );
    },
    forgetOld: () => store.forgetBefore(clock.now() - KEPT_MS),
  };
}

const mayGive = (own: Role | undefined, role: 'viewer' | 'admin'): boolean => own !== undefined && RANK[role] < RANK[own];
