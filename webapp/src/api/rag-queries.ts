import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { RagConfigure, RagConnection, RagVia } from '@clawmoor/shared/rag-agents.ts';
import type { RagFile } from '@clawmoor/shared/rag-documents.ts';
import { ragAgentRoutes } from '@clawmoor/shared/rag-agents.ts';
import { ragDocumentRoutes } from '@clawmoor/shared/rag-documents.ts';
import { ragRoutes } from '@clawmoor/shared/rag.ts';
import type { SentFile } from '@clawmoor/shared/route.ts';
import { keys, once, useChange } from './queries.ts';
import { call } from './session.ts';

const routes = { ...ragRoutes, ...ragAgentRoutes, ...ragDocumentRoutes };

const rag = (id: string) => ['rag', id] as const;
const filesOf = (id: string, agentId: string) => [...rag(id), 'files', agentId] as const;

// While something is read, its progress is what people look at.
const OFTEN_MS = 2_500;
const SELDOM_MS = 30_000;

export const isBusy = ({ pendingVectors, building, states }: RagConnection): boolean =>
  pendingVectors > 0 || building !== null || states.queued + states.parsing + states.embedding > 0;
export const isUnderWay = ({ state }: RagFile): boolean => state === 'queued' || state === 'parsing' || state === 'embedding';

export const useRagHealth = (id: string) =>
  useQuery({
    queryKey: [...rag(id), 'health'],
    queryFn: ({ signal }) => call(routes.readRagHealth, { id }, { signal }),
    refetchInterval: SELDOM_MS,
  });
export const useConnections = (id: string, enabled = true) =>
  useQuery({
    enabled,
    queryKey: [...rag(id), 'connections'],
    queryFn: async ({ signal }) => (await call(routes.listRagConnections, { id }, { signal })).connections,
    refetchInterval: ({ state: { data } }) => (data?.some(isBusy) ? OFTEN_MS : SELDOM_MS),
  });
export const useRagFiles = (id: string, agentId: string, enabled: boolean) =>
  useQuery({
    enabled,
    queryKey: filesOf(id, agentId),
    queryFn: async ({ signal }) => (await call(routes.listRagFiles, { id, agentId }, { signal })).files,
    refetchInterval: ({ state: { data } }) => (data?.some(isUnderWay) ? OFTEN_MS : SELDOM_MS),
  });
/** One document, and its passages a page at a time. */
export const useRagFile = (id: string, agentId: string, fileId: string) =>
  useInfiniteQuery({
    queryKey: [...filesOf(id, agentId), fileId],
    queryFn: ({ pageParam, signal }) =>
      call(routes.readRagFile, { id, agentId, fileId, ...(pageParam !== null && { after: pageParam }) }, { signal }),
    initialPageParam: null as number | null,
    getNextPageParam: ({ nextAfter }) => nextAfter,
  });

export const useInstallRag = (id: string) => useChange(() => call(routes.installRag, { id, body: {} }, once()), [keys.tasks(id), rag(id)]);
export const useConfigure = (id: string, agentId: string) =>
  useChange((body: RagConfigure) => call(routes.configureRagAgent, { id, agentId, body }), [keys.tasks(id), rag(id)]);
/** However long it takes to send: a phone on a train is slow. */
export const useUpload = (id: string, agentId: string) =>
  useChange(
    (files: readonly SentFile[]) => call(routes.uploadRagFiles, { id, agentId, files }, { timeoutMs: null }),
    [keys.tasks(id), rag(id)],
  );
export const useDeleteFile = (id: string, agentId: string) =>
  useChange((fileId: string) => call(routes.deleteRagFile, { id, agentId, fileId }), [rag(id)]);
export const useReindex = (id: string, agentId: string) =>
  useChange((full: boolean) => call(routes.reindexRagAgent, { id, agentId, body: { full } }, once()), [keys.tasks(id), rag(id)]);
export const useAsk = (id: string, agentId: string) =>
  useChange((body: { query: string; mode: 'hybrid' | 'vector' | 'keyword' }) => call(routes.queryRagAgent, { id, agentId, body }), []);
export const useSetSearch = (id: string, agentId: string) =>
  useChange(
    (via: RagVia | undefined) =>
      via === undefined
        ? call(routes.disableRagSkill, { id, agentId, body: {} }, once())
        : call(routes.enableRagSkill, { id, agentId, body: { via } }, once()),
    [keys.tasks(id), rag(id)],
  );
export const useImportCollection = (id: string, agentId: string) =>
  useChange(
    (file: SentFile) => call(routes.importRagAgent, { id, agentId, files: [file] }, { timeoutMs: null }),
    [keys.tasks(id), rag(id)],
  );
export const useDisconnect = (id: string, agentId: string) =>
  useChange(() => call(routes.disconnectRagAgent, { id, agentId, body: {} }), [rag(id)]);
export const useDeleteCollection = (id: string, agentId: string) =>
  useChange(() => call(routes.deleteRagAgent, { id, agentId }), [rag(id)]);
