import type { NotificationPrefs } from '@clawmoor/shared/me.ts';
import type { Role } from '@clawmoor/shared/route.ts';
import type { Clock } from '../../lib/clock.ts';
import { tongueOf, type Tongue } from '../../lib/language.ts';
import type { Notice } from '../../lib/notice.ts';
import type { Database } from '../../lib/tables.ts';
import { audienceStore } from './audience.store.ts';

export type Verdict = { is: 'send' } | { is: 'hold'; why: 'quiet' | 'away' } | { is: 'drop'; why: 'no_access' | 'muted' };

/** How the feature of preferences reads what a person wants. */
export interface Wishes {
  read: (userId: string) => Promise<NotificationPrefs>;
  mayNotify: (question: {
    prefs: NotificationPrefs;
    kind: string;
    serverId?: string | undefined;
    critical: boolean;
    now: number;
  }) => boolean;
  isQuiet: (prefs: NotificationPrefs, now: number) => boolean;
}

export interface GateParts {
  db: Database;
  clock: Clock;
  wishes: Wishes;
  roleOf: (serverId: string, userId: string) => Promise<Role | undefined>;
  isSuperAdmin: (userId: string) => boolean;
}

export type Gate = ReturnType<typeof createGate>;

const RANK = { viewer: 1, admin: 2, owner: 3 } as const;

/** Whether a person may and wants to be told something, asked at the moment when it would be sent. */
export function createGate({ db, clock, wishes, roleOf, isSuperAdmin }: GateParts) {
  const store = audienceStore(db);

  /** The rights of now, not those of the moment when it was announced (U8). */
  async function mayKnow(userId: string, { audience, server, kind }: Notice): Promise<boolean> {
    if ('superAdmins' in audience) return isSuperAdmin(userId);
    if ('serverId' in audience) {
      const role = await roleOf(audience.serverId, userId);
      return role !== undefined && RANK[role] >= RANK[audience.role];
    }
    // That their access has ended is told to somebody who has none any more.
    return kind === 'access' || server === undefined || (await roleOf(server.id, userId)) !== undefined;
  }

  /** Not blocked, and they have allowed us to write or have written themselves. */
  async function canReach(userId: string): Promise<boolean> {
    const chat = await store.chat(userId);
    if (chat?.unreachable_since != null) return false;
    return chat?.started_at != null || (await store.user(userId))?.allows_write_to_pm === 1;
  }

  const askWishes = (prefs: NotificationPrefs, { kind, server, severity }: Notice): Parameters<Wishes['mayNotify']>[0] => ({
    prefs,
    kind,
    serverId: server?.id,
    critical: severity === 'critical',
    now: clock.now(),
  });
  const withoutQuiet = (prefs: NotificationPrefs): NotificationPrefs => ({ ...prefs, quietHours: { ...prefs.quietHours, enabled: false } });

  return {
    mayKnow,
    canReach,
    /** `rings`: nobody has answered, so that quiet hours do not hold it back; what is muted stays muted. */
    async ask(userId: string, notice: Notice, { rings = false } = {}): Promise<Verdict> {
      if (!(await mayKnow(userId, notice))) return { is: 'drop', why: 'no_access' };
      const prefs = await wishes.read(userId);
      if (!wishes.mayNotify(askWishes(withoutQuiet(prefs), notice))) return { is: 'drop', why: 'muted' };
      if (!(await canReach(userId))) return { is: 'hold', why: 'away' };
      return rings || wishes.mayNotify(askWishes(prefs, notice)) ? { is: 'send' } : { is: 'hold', why: 'quiet' };
    },
    /** Whether what was held for this reason may go out now. */
    async mayRelease(userId: string, why: string | null): Promise<boolean> {
      if (why === 'away') return canReach(userId);
      return !wishes.isQuiet(await wishes.read(userId), clock.now());
    },
    async tongue(userId: string, clientCode?: string): Promise<Tongue> {
      return tongueOf((await wishes.read(userId)).language, clientCode ?? (await store.user(userId))?.language_code);
    },
  };
}
