import { createHash } from 'node:crypto';
import BetterSqlite from 'better-sqlite3';
import type { Client } from 'pg';

export interface MovedTable {
  table: string;
  rows: number;
  /** SHA-256 over all rows in the order of their keys, the same on both sides. */
  sha256: string;
}

type Row = (string | number | null)[];

interface Table {
  name: string;
  columns: string[];
  key: string[];
}

const ROWS_AT_ONCE = 200;

/**
 * Copies every row of a SQLite file into an empty schema, in one transaction, and reads both sides again before it ends:
 * numbers and hashes must be the same. Throws where they are not, or where PostgreSQL cannot hold a row; then nothing was changed.
 */
export async function copyRows(client: Client, file: string): Promise<MovedTable[]> {
  const sqlite = new BetterSqlite(file, { readonly: true, fileMustExist: true });
  await client.query('BEGIN');
  try {
    // A row may come before the one that it refers to.
    await constraints(client, 'DEFERRABLE INITIALLY DEFERRED');
    const tables = tablesOf(sqlite);
    for (const table of tables) await copyTable(client, sqlite, table);
    await client.query('SET CONSTRAINTS ALL IMMEDIATE');
    await constraints(client, 'NOT DEFERRABLE');
    await countOn(client, sqlite);
    const moved: MovedTable[] = [];
    for (const table of tables) moved.push(await compare(client, sqlite, table));
    await client.query('COMMIT');
    return moved;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {}); // what failed first is told
    throw error;
  } finally {
    sqlite.close();
  }
}

/** `migration` is PostgreSQL's own: it was written when the tables were made. */
function tablesOf(sqlite: BetterSqlite.Database): Table[] {
  const names = sqlite
    .prepare<[], string>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'migration' ORDER BY name",
    )
    .pluck()
    .all();
  return names.map((name) => {
    const columns = sqlite.prepare<[string], { name: string; pk: number }>('SELECT name, pk FROM pragma_table_info(?)').all(name);
    const key = columns.filter(({ pk }) => pk > 0).toSorted((a, b) => a.pk - b.pk);
    return { name, columns: columns.map((column) => column.name), key: (key.length > 0 ? key : columns).map((column) => column.name) };
  });
}

const quoted = (name: string): string => `"${name}"`;
const listed = (names: string[]): string => names.map(quoted).join(', ');
const inOrder = ({ name, columns, key }: Table): string => `SELECT ${listed(columns)} FROM ${quoted(name)} ORDER BY ${listed(key)}`;

async function copyTable(client: Client, sqlite: BetterSqlite.Database, table: Table): Promise<void> {
  let waiting: Row[] = [];
  const write = async (): Promise<void> => {
    if (waiting.length === 0) return;
    const places = waiting.map((row, at) => `(${row.map((_, column) => `$${at * row.length + column + 1}`).join(', ')})`);
    await client.query(`INSERT INTO ${quoted(table.name)} (${listed(table.columns)}) VALUES ${places.join(', ')}`, waiting.flat());
    waiting = [];
  };
  for (const row of sqlite.prepare<[], Row>(inOrder(table)).raw().iterate()) {
    const at = row.findIndex((value) => typeof value === 'string' && value.includes('\0'));
    if (at >= 0)
      throw new Error(
        `A text in ${table.name}.${table.columns[at]} holds a NUL character, which PostgreSQL does not store: ${keyOf(table, row)}`,
      );
    waiting.push(row);
    if (waiting.length >= ROWS_AT_ONCE) await write();
  }
  await write();
}

const keyOf = ({ columns, key }: Table, row: Row): string => key.map((name) => `${name} ${row[columns.indexOf(name)]}`).join(', ');

async function constraints(client: Client, how: string): Promise<void> {
  const { rows } = await client.query<{ relation: string; name: string }>(
    `SELECT conrelid::regclass::text AS relation, quote_ident(conname) AS name
     FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace`,
  );
  for (const { relation, name } of rows) await client.query(`ALTER TABLE ${relation} ALTER CONSTRAINT ${name} ${how}`);
}

/** Numbers that PostgreSQL gives go on where SQLite's have got to, also where the rows are gone. */
async function countOn(client: Client, sqlite: BetterSqlite.Database): Promise<void> {
  const used = new Map(
    sqlite
      .prepare<[], { name: string; seq: number }>('SELECT name, seq FROM sqlite_sequence')
      .all()
      .map(({ name, seq }) => [name, seq]),
  );
  const { rows } = await client.query<{ table_name: string; column_name: string }>(
    `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema() AND is_identity = 'YES'`,
  );
  for (const { table_name: table, column_name: column } of rows) {
    await client.query(
      `SELECT setval(pg_get_serial_sequence($1, $2), greatest($3::bigint, max(${quoted(column)})), true)
       FROM ${quoted(table)} HAVING greatest($3::bigint, max(${quoted(column)})) > 0`,
      [quoted(table), column, used.get(table) ?? 0],
    );
  }
}

async function compare(client: Client, sqlite: BetterSqlite.Database, table: Table): Promise<MovedTable> {
  const ours = hashing();
  for (const row of sqlite.prepare<[], Row>(inOrder(table)).raw().iterate()) ours.add(row);
  const theirs = hashing();
  await client.query(`DECLARE reading NO SCROLL CURSOR FOR ${inOrder(table)}`);
  for (;;) {
    const { rows } = await client.query<Row>({ text: 'FETCH 1000 FROM reading', rowMode: 'array' });
    if (rows.length === 0) break;
    for (const row of rows) theirs.add(row);
  }
  await client.query('CLOSE reading');
  const [from, to] = [ours.result(), theirs.result()];
  if (from.rows !== to.rows || from.sha256 !== to.sha256) {
    throw new Error(`The table ${table.name} is not the same on both sides: ${from.rows} rows were read, ${to.rows} arrived`);
  }
  return { table: table.name, ...to };
}

function hashing() {
  const hash = createHash('sha256');
  let rows = 0;
  return {
    add(row: Row): void {
      rows += 1;
      hash.update(`${JSON.stringify(row)}\n`);
    },
    result: () => ({ rows, sha256: hash.digest('hex') }),
  };
}
