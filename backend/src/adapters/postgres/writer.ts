import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from 'pg';
import { DataFolderRefused } from '../../lib/open-database.ts';
import { away } from './postgres.problems.ts';

/** The one connection that writes. */
export interface Writer {
  /** Waits for its turn; nobody else of this process writes until `done`. */
  take(): Promise<{ client: Client; done: () => void }>;
  /** Begins a transaction that waits for those of other processes: a command that runs beside us, say. */
  begin(client: Client): Promise<void>;
  /** Whether no Clawmoor runs on it meanwhile. */
  alone: boolean;
  close(): Promise<void>;
}

interface WriterParts {
  connect: () => Promise<Client>;
  /** Whether no other Clawmoor may have the database while this one does; `if free`: takes it where nobody has it. */
  alone: boolean | 'if free';
  /** Somebody else has taken the database while the connection was lost: this process must end. */
  onLost: (error: Error) => void;
}

// Numbers of ours among a database's advisory locks: "CLMR", and what it is for.
const OURS = 1_129_070_418;
const PROCESS = 1;
const TRANSACTION = 2;

// What a killed process leaves PostgreSQL clears within moments; a connection that broke off unseen it may keep for a minute.
const TAKE_WITHIN_MS = 2_000;
const TAKE_AGAIN_WITHIN_MS = 90_000;
const ASK_EVERY_MS = 250;
const CONNECT_AGAIN_MS = 1_000;

/** Connects, and takes the database for this process. Throws `DataFolderRefused` where another one has it. */
export async function openWriter(parts: WriterParts): Promise<Writer> {
  let current: Promise<Client> | undefined;
  let closed = false;
  let last: Promise<unknown> = Promise.resolve();
  let isAlone = false;
  let lostAt: number | undefined;

  async function connected(): Promise<Client> {
    const client = await parts.connect();
    // Without a listener a connection that breaks off would end the process.
    client.on('error', () => {});
    client.once('end', lost);
    try {
      if (parts.alone === 'if free') isAlone = await tryTake(client);
      else if (parts.alone) await takeDatabase(client, lostAt === undefined ? TAKE_WITHIN_MS : 0);
      lostAt = undefined;
      return client;
    } catch (error) {
      client.removeListener('end', lost);
      await client.end().catch(() => {});
      throw error;
    }
  }

  const ready = (): Promise<Client> => {
    current ??= connected().catch((error: unknown) => {
      current = undefined;
      throw error;
    });
    return current;
  };

  /** The lock went with the connection: it is taken again at once, not at the next write. */
  function lost(): void {
    current = undefined;
    lostAt ??= performance.now();
    if (!closed) setTimeout(again, CONNECT_AGAIN_MS).unref();
  }

  function again(): void {
    if (closed) return;
    ready().catch((error: unknown) => {
      const since = performance.now() - (lostAt ?? 0);
      if (error instanceof DataFolderRefused && since > TAKE_AGAIN_WITHIN_MS) parts.onLost(error);
      else setTimeout(again, CONNECT_AGAIN_MS).unref();
    });
  }

  await ready();
  return {
    alone: isAlone || parts.alone === true,
    async take() {
      const before = last;
      let done = (): void => {};
      last = new Promise<void>((resolve) => (done = resolve));
      await before;
      try {
        return { client: await ready(), done };
      } catch (error) {
        done();
        throw away(error);
      }
    },
    async begin(client) {
      try {
        await client.query(`BEGIN; SELECT pg_advisory_xact_lock(${OURS}, ${TRANSACTION})`);
      } catch (error) {
        await client.query('ROLLBACK').catch(() => {}); // what failed first is told
        throw error;
      }
    },
    async close() {
      await last;
      closed = true;
      const client = await current?.catch(() => undefined);
      await client?.end();
    },
  };
}

async function tryTake(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>(`SELECT pg_try_advisory_lock(${OURS}, ${PROCESS}) AS taken`);
  return rows[0]?.taken === true;
}

async function takeDatabase(client: Client, withinMs: number): Promise<void> {
  const until = performance.now() + withinMs;
  for (;;) {
    if (await tryTake(client)) return;
    if (performance.now() > until) break;
    await wait(ASK_EVERY_MS);
  }
  throw new DataFolderRefused(
    `Another Clawmoor works with the PostgreSQL database "${client.database}". Stop it first, or choose another DATABASE_URL: one database serves one process.`,
  );
}
