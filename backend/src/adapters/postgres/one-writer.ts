import {
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from 'kysely';
import type { Client, Pool, QueryResult as Answer } from 'pg';
import { postgresProblem } from './postgres.problems.ts';
import type { Writer } from './writer.ts';

// The statements of the stores are some 200 texts; lists of ids make a few more.
const MOST_STATEMENTS = 1_000;

/**
 * Kysely over PostgreSQL as the stores know SQLite: one write or transaction at a time, on one connection, while reads run
 * side by side on others. What a transaction has read is so until it ends, without a statement that has to be tried twice.
 */
export const oneWriterDialect = ({ readers, writer }: { readers: Pool; writer: Writer }): Dialect => ({
  createAdapter: () => new PostgresAdapter(),
  createIntrospector: (db) => new PostgresIntrospector(db),
  createQueryCompiler: () => new PostgresQueryCompiler(),
  createDriver: () => createDriver(readers, writer),
});

interface Turn {
  client: Client;
  done: () => void;
}

class Connection implements DatabaseConnection {
  /** Held from the begin of a transaction to its end. */
  turn: Turn | undefined;
  readonly #readers: Pool;
  readonly #writer: Writer;

  constructor(readers: Pool, writer: Writer) {
    this.#readers = readers;
    this.#writer = writer;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    if (this.turn) return run(this.turn.client, query);
    if (onlyReads(query)) return run(this.#readers, query);
    const { client, done } = await this.#writer.take();
    return run<Row>(client, query).finally(done);
  }

  // oxlint-disable-next-line require-yield -- no store streams: a page is read as a page
  async *streamQuery(): AsyncGenerator<never> {
    throw new Error('Streaming is not offered on PostgreSQL');
  }

  async begin(): Promise<void> {
    const turn = await this.#writer.take();
    try {
      await this.#writer.begin(turn.client);
      this.turn = turn;
    } catch (error) {
      turn.done();
      throw postgresProblem(error) ?? error;
    }
  }

  async end(how: 'commit' | 'rollback'): Promise<void> {
    const { turn } = this;
    this.turn = undefined;
    try {
      await turn?.client.query(how);
    } catch (error) {
      throw postgresProblem(error) ?? error;
    } finally {
      turn?.done();
    }
  }
}

function createDriver(readers: Pool, writer: Writer): Driver {
  // Kysely hands back what it got from here.
  const ours = (connection: DatabaseConnection): Connection => connection as Connection;
  return {
    init: async () => {},
    acquireConnection: async () => new Connection(readers, writer),
    beginTransaction: (connection) => ours(connection).begin(),
    commitTransaction: (connection) => ours(connection).end('commit'),
    rollbackTransaction: (connection) => ours(connection).end('rollback'),
    releaseConnection: async () => {},
    destroy: async () => {}, // who opened the connections closes them
  };
}

const onlyReads = ({ query, sql }: CompiledQuery): boolean =>
  query.kind === 'SelectQueryNode' || (query.kind === 'RawNode' && /^\s*select\b/i.test(sql));

async function run<Row>(on: Client | Pool, { sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
  let answer: Answer;
  try {
    const name = nameOf(sql);
    answer = await on.query({ text: sql, values: [...parameters], ...(name !== undefined && { name }) });
  } catch (error) {
    throw postgresProblem(error) ?? error;
  }
  const { command, rowCount, rows } = answer;
  const changed = command === 'INSERT' || command === 'UPDATE' || command === 'DELETE';
  // The tables say what a row is; nothing here could check it.
  return { rows: rows as Row[], ...(changed && { numAffectedRows: BigInt(rowCount ?? 0) }) };
}

const names = new Map<string, string>();

/** A text with a name is planned once for each connection. Beyond so many texts the rest is planned each time. */
function nameOf(sql: string): string | undefined {
  const known = names.get(sql);
  if (known !== undefined || names.size >= MOST_STATEMENTS) return known;
  const name = `s${names.size}`;
  names.set(sql, name);
  return name;
}
