import { iso } from '../../lib/clock.ts';
import type { AuditSearch } from './audit-search.ts';
import type { AuditFilter, AuditRow, Place } from './audit.store.ts';

const PAGE = 200;

export interface ExportParts {
  search: AuditSearch;
  format: 'csv' | 'ndjson';
  filter: AuditFilter;
}

/** The lines of the file, page by page: nothing is read before the reader has taken what came before. */
export async function* exportAudit({ search, format, filter }: ExportParts): AsyncGenerator<Uint8Array> {
  if (format === 'csv') yield Buffer.from(`${COLUMNS.join(',')}\r\n`);
  for (let cursor: Place | undefined; ;) {
    const { rows, next } = await search({ filter, cursor, limit: PAGE });
    const text = rows.map(format === 'csv' ? csvLine : jsonLine).join('');
    if (text !== '') yield Buffer.from(text);
    if (!next) return;
    // A reader that is quick enough would otherwise keep the loop for the whole of it.
    await new Promise(setImmediate);
    cursor = next;
  }
}

const COLUMNS = [
  'id',
  'at',
  'actorId',
  'actorName',
  'action',
  'serverId',
  'target',
  'result',
  'before',
  'after',
  'ip',
  'requestId',
  'hash',
];

const cellsOf = (row: AuditRow): (string | number | null)[] => [
  row.id,
  iso(row.at),
  row.actor_id,
  row.actor_name,
  row.action,
  row.server_id,
  row.target,
  row.result,
  row.before,
  row.after,
  row.ip,
  row.request_id,
  row.hash,
];

const csvLine = (row: AuditRow): string => `${cellsOf(row).map(csvCell).join(',')}\r\n`;

/** Text that a spreadsheet would take for a formula gets an apostrophe before it; every text is quoted. */
function csvCell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value;
  return `"${safe.replaceAll('"', '""')}"`;
}

const jsonLine = (row: AuditRow): string =>
  `${JSON.stringify(Object.fromEntries(cellsOf(row).map((value, at) => [COLUMNS[at], value])))}\n`;
