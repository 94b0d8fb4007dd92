import { useQuery } from '@tanstack/react-query';
import { openclawConfigRoutes as routes, type ConfigWish } from '@clawmoor/shared/openclaw-config.ts';
import { keys, queryClient, useChange } from './queries.ts';
import { call } from './session.ts';

const CONFIG = ['config'] as const;

export const useConfig = (id: string) =>
  useQuery({ queryKey: [...CONFIG, id, 'now'], queryFn: ({ signal }) => call(routes.readConfig, { id }, { signal }) });
/** What a setting means does not change while the gateway runs. */
export const schemaQuery = (id: string, path: string) => ({
  queryKey: ['config-schema', id, path],
  queryFn: ({ signal }: { signal?: AbortSignal }) => call(routes.readConfigSchema, { id, path }, signal ? { signal } : {}),
  staleTime: 30 * 60_000,
});
export const useConfigSchema = (id: string, path: string) => useQuery(schemaQuery(id, path));
export const fetchConfigSchema = (id: string, path: string) => queryClient.fetchQuery(schemaQuery(id, path));
export const useConfigPreview = (id: string) =>
  useChange((changes: ConfigWish['changes']) => call(routes.previewConfig, { id, body: { changes } }), []);
export const useChangeConfig = (id: string) =>
  useChange((body: ConfigWish) => call(routes.changeConfig, { id, body }), [[...CONFIG, id], keys.gateway(id), keys.tasks(id)]);
export const useConfigHistory = (id: string) =>
  useQuery({
    queryKey: [...CONFIG, id, 'history'],
    queryFn: async ({ signal }) => (await call(routes.listConfigHistory, { id }, { signal })).changes,
  });
export const useUndoConfig = (id: string) =>
  useChange((changeId: string) => call(routes.undoConfigChange, { id, changeId, body: {} }), [[...CONFIG, id], keys.tasks(id)]);
