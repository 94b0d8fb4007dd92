import { needsWindow, type AuditFilter, type AuditRow, type auditStore, type Place } from './audit.store.ts';

// 1 ms, then the loop is free; measured with a million rows (npm run bench -- admin).
const WINDOW_ROWS = 2_000;
// A request looks at this many rows at most; what it answers then says where to go on.
const WINDOWS_PER_PAGE = 100;

export interface AuditPage {
  rows: AuditRow[];
  /** Where the next page begins; `undefined` at the end. */
  next: Place | undefined;
}

export type AuditSearch = (question: { filter: AuditFilter; cursor?: Place | undefined; limit: number }) => Promise<AuditPage>;

/**
 * Answers the next page, newest first, from any depth at the same cost. Filters that no index answers alone are looked up
 * window by window; a page may then hold fewer rows than asked for and still have a next one.
 */
export function createAuditSearch(store: ReturnType<typeof auditStore>): AuditSearch {
  async function plainPage(filter: AuditFilter, before: Place, limit: number): Promise<AuditPage> {
    const rows = await store.page({ filter, before, limit: limit + 1 }).execute();
    return pageOf(rows, limit, undefined);
  }

  async function searchedPage(filter: AuditFilter, start: Place, limit: number): Promise<AuditPage> {
    const found: AuditRow[] = [];
    let before = start;
    for (let windows = 0; windows < WINDOWS_PER_PAGE; windows++) {
      const end = await store.windowEnd({ filter, before, rows: WINDOW_ROWS }).executeTakeFirst();
      found.push(...(await store.inWindow({ filter, before, end, limit: limit + 1 - found.length }).execute()));
      if (found.length > limit || !end) return pageOf(found, limit, undefined);
      before = end;
      await new Promise(setImmediate);
    }
    return pageOf(found, limit, before);
  }

  return ({ filter, cursor, limit }) => {
    const before = cursor ?? { at: filter.to ?? Number.MAX_SAFE_INTEGER, id: 0 };
    return needsWindow(filter) ? searchedPage(filter, before, limit) : plainPage(filter, before, limit);
  };
}

function pageOf(rows: AuditRow[], limit: number, lookedUntil: Place | undefined): AuditPage {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? { at: last.at, id: last.id } : lookedUntil };
}
