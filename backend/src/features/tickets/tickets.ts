import { createHash, randomBytes } from 'node:crypto';
import type { Route } from '@clawmoor/shared/route.ts';
import type { Caller } from '../../lib/caller.ts';
import { iso, type Clock } from '../../lib/clock.ts';
import type { Database } from '../../lib/tables.ts';
import { noFile, ticketInvalid } from './tickets.problems.ts';
import { ticketsStore } from './tickets.store.ts';

const GOOD_FOR_MS = 60_000;

export interface TicketsParts {
  db: Database;
  clock: Clock;
  /** Every operation; those that send a file may be named by a ticket. */
  table: Record<string, Route>;
  /** Who a session belongs to now; throws when it has ended. */
  callerOf: (sessionId: string) => Promise<Caller>;
}

export type Tickets = ReturnType<typeof createTickets>;

/** One-use links for downloads: Telegram's clients fetch a file by its address alone. */
export function createTickets({ db, clock, table, callerOf }: TicketsParts) {
  const store = ticketsStore(db);
  const files = Object.values(table)
    .filter(({ sends }) => sends === 'file')
    .map(({ path }) => new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`));

  return {
    /** A link to `path`, good once within a minute. Throws `ticket.no_file` where no operation sends a file. */
    async create(caller: Caller, path: string): Promise<{ url: string; expiresAt: string }> {
      const file = sameForm(path);
      if (file === undefined || !files.some((pattern) => pattern.test(file.split('?')[0] ?? ''))) throw noFile();
      const secret = randomBytes(24).toString('base64url');
      const expiresAt = clock.now() + GOOD_FOR_MS;
      await store.forgetBefore(clock.now());
      await store.add({ hash: hashOf(secret), user_id: caller.userId, session_id: caller.sessionId, path: file, expires_at: expiresAt });
      return { url: `/api${file}${file.includes('?') ? '&' : '?'}ticket=${secret}`, expiresAt: iso(expiresAt) };
    },
    /**
     * Who asks, by the ticket in the address that they ask for; the ticket is used up unless `peek`. What they may do is decided by
     * their rights of now. Throws `ticket.invalid`, or `auth.session_ended`.
     */
    async redeem(secret: string, address: string, { peek = false } = {}): Promise<Caller> {
      const hash = hashOf(secret);
      const ticket = await (peek ? store.find(hash) : store.take(hash));
      if (!ticket || ticket.expires_at <= clock.now() || ticket.path !== sameForm(address)) throw ticketInvalid();
      return callerOf(ticket.session_id);
    },
  };
}

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Path and query of an address in the one form that two spellings of it share; the ticket itself is left out. */
function sameForm(address: string): string | undefined {
  if (!URL.canParse(address, 'http://here')) return undefined;
  const { pathname, searchParams } = new URL(address, 'http://here');
  searchParams.delete('ticket');
  searchParams.sort();
  return searchParams.size > 0 ? `${pathname}?${searchParams}` : pathname;
}
