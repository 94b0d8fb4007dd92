import { useInfiniteQuery } from '@tanstack/react-query';
import { auditRoutes } from '@clawmoor/shared/audit.ts';
import { call } from './session.ts';

/** What is asked for; what is left out is not asked. `from` is a moment, `to` the first one that does not count any more. */
export interface AuditFilter {
  q?: string;
  actor?: string;
  action?: string;
  result?: string;
  from?: string;
  to?: string;
  /** Only in the log of the whole installation. */
  serverId?: string;
}

const PAGE = 40;

/** The log of a server for its owner, of the whole installation without one; newest first, a page at a time. */
export const useAudit = (serverId: string | undefined, filter: AuditFilter, enabled: boolean) =>
  useInfiniteQuery({
    queryKey: ['audit', serverId ?? 'all', filter],
    queryFn: ({ pageParam, signal }) => {
      const page = { limit: PAGE, ...(pageParam !== '' && { cursor: pageParam }) };
      return serverId === undefined
        ? call(auditRoutes.listAudit, { ...filter, ...page }, { signal })
        : call(auditRoutes.listServerAudit, { id: serverId, ...filter, ...page }, { signal });
    },
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    enabled,
  });

/** Below `/api`, for a download. */
export const auditExport = (filter: AuditFilter, format: 'csv' | 'ndjson'): string =>
  `/admin/audit/export?${new URLSearchParams({ ...filter, format })}`;
