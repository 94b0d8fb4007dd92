import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { sessionRoutes } from '@clawmoor/shared/openclaw-sessions.ts';
import { useChange } from './queries.ts';
import { call } from './session.ts';

const ofServer = (id: string) => ['sessions', id] as const;

export interface SessionFilter {
  agentId?: string | undefined;
  search: string;
  activeOnly: boolean;
}

export const useSessionPages = (id: string, { agentId, search, activeOnly }: SessionFilter) =>
  useInfiniteQuery({
    queryKey: [...ofServer(id), 'pages', agentId ?? '', search, activeOnly],
    queryFn: ({ pageParam, signal }) =>
      call(
        sessionRoutes.listSessions,
        {
          id,
          limit: 30,
          activeOnly: activeOnly ? 'true' : 'false',
          ...(agentId !== undefined && { agentId }),
          ...(search !== '' && { search }),
          ...(pageParam !== '' && { cursor: pageParam }),
        },
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    // While other words are looked for, what was found before stays.
    placeholderData: keepPreviousData,
  });
export const useSession = (id: string, sessionKey: string) =>
  useQuery({
    queryKey: [...ofServer(id), sessionKey],
    queryFn: ({ signal }) => call(sessionRoutes.readSession, { id, sessionKey, limit: 6 }, { signal }),
    refetchInterval: 10_000,
  });
export const useSessionUsage = (id: string, sessionKey: string) =>
  useQuery({
    queryKey: ['session-usage', id, sessionKey],
    queryFn: ({ signal }) => call(sessionRoutes.readSessionUsage, { id, sessionKey }, { signal }),
    staleTime: 60_000,
  });

const CHANGES = {
  abort: sessionRoutes.abortSession,
  compact: sessionRoutes.compactSession,
  reset: sessionRoutes.resetSession,
} as const;
export type SessionVerb = keyof typeof CHANGES;

/** Answers whether there was something to do. */
export const useSessionChange = (id: string, sessionKey: string) =>
  useChange(
    async (verb: SessionVerb): Promise<boolean> => {
      const to = { id, sessionKey, body: {} };
      if (verb === 'abort') return (await call(CHANGES.abort, to)).aborted;
      if (verb === 'compact') return (await call(CHANGES.compact, to)).compacted;
      await call(CHANGES.reset, to);
      return true;
    },
    [ofServer(id), ['session-usage', id]],
  );
export const useRemoveSession = (id: string, sessionKey: string) =>
  useChange(() => call(sessionRoutes.removeSession, { id, sessionKey }), [[...ofServer(id), 'pages']]);
