import { useQuery } from '@tanstack/react-query';
import { modelRoutes as routes } from '@clawmoor/shared/openclaw-models.ts';
import { useChange } from './queries.ts';
import { call } from './session.ts';

const models = (id: string) => ['models', id] as const;

export const useModels = (id: string) =>
  useQuery({
    queryKey: [...models(id), 'list'],
    queryFn: async ({ signal }) => (await call(routes.listModels, { id }, { signal })).models,
  });
export const useProviders = (id: string) =>
  useQuery({ queryKey: [...models(id), 'providers'], queryFn: ({ signal }) => call(routes.listModelProviders, { id }, { signal }) });
export const useSetKey = (id: string) =>
  useChange(
    ({ provider, apiKey }: { provider: string; apiKey: string }) => call(routes.setModelKey, { id, provider, body: { apiKey } }),
    [models(id)],
  );
export const useSignOutOf = (id: string, provider: string) =>
  useChange(() => call(routes.removeModelCredentials, { id, provider }), [models(id)]);
export const useTestProvider = (id: string, provider: string) =>
  useChange(() => call(routes.testModelProvider, { id, provider, body: {} }), []);
