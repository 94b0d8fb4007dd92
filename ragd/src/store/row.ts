import type { SQLInputValue, SQLOutputValue, DatabaseSync, StatementSync } from 'node:sqlite';

export type Row = Record<string, SQLOutputValue>;

export const text = (value: SQLOutputValue | undefined): string => (typeof value === 'string' ? value : '');
export const textOrNull = (value: SQLOutputValue | undefined): string | null => (typeof value === 'string' ? value : null);
export const number = (value: SQLOutputValue | undefined): number => Number(value ?? 0);

/** Prepares each statement once per database: preparing costs more than most of them do. */
export function statements(db: DatabaseSync): (sql: string) => StatementSync {
  const prepared = new Map<string, StatementSync>();
  return (sql) => {
    const known = prepared.get(sql);
    if (known) return known;
    const statement = db.prepare(sql);
    prepared.set(sql, statement);
    return statement;
  };
}

export const count = (statement: StatementSync, ...values: SQLInputValue[]): number => number(statement.get(...values)?.['n']);
