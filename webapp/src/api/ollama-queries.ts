import { useQuery } from '@tanstack/react-query';
import { ollamaRoutes as routes } from '@clawmoor/shared/ollama.ts';
import { keys, once, useChange } from './queries.ts';
import { call } from './session.ts';

const ollama = (id: string) => ['ollama', id] as const;

export const useOllama = (id: string) =>
  useQuery({ queryKey: ollama(id), queryFn: ({ signal }) => call(routes.readOllama, { id }, { signal }), refetchInterval: 30_000 });
export const useInstallOllama = (id: string) =>
  useChange(
    (version: string | undefined) => call(routes.installOllama, { id, body: version === undefined ? {} : { version } }, once()),
    [keys.tasks(id), ollama(id)],
  );
export const usePullModel = (id: string) =>
  useChange((model: string) => call(routes.pullOllamaModel, { id, body: { model } }, once()), [keys.tasks(id), ollama(id)]);
export const useDeleteModel = (id: string) => useChange((name: string) => call(routes.deleteOllamaModel, { id, name }), [ollama(id)]);
