import { useQuery } from '@tanstack/react-query';
import { openclawUpdateRoutes } from '@clawmoor/shared/openclaw-update.ts';
import { keys, once, useChange } from './queries.ts';
import { call } from './session.ts';

/** Looks at the server and at the registry: once, and again when a person asks. */
export const useOpenclawUpdate = (id: string) =>
  useQuery({
    queryKey: ['openclaw-update', id],
    queryFn: ({ signal }) => call(openclawUpdateRoutes.readOpenclawUpdate, { id }, { signal }),
    refetchOnWindowFocus: false,
    retry: false,
    staleTime: 30_000,
  });
/** To the version that was looked at, not to one that has come out since. */
export const useUpdateOpenclaw = (id: string) =>
  useChange(
    (version: string) => call(openclawUpdateRoutes.updateOpenclaw, { id, body: { version } }, once()),
    [['openclaw-update', id], keys.tasks(id), keys.server(id), keys.servers],
  );
