import { useQuery } from '@tanstack/react-query';
import { setupRoutes, type SetupRun } from '@clawmoor/shared/setup.ts';
import { keys, once, useChange } from './queries.ts';
import { call } from './session.ts';

export const usePrereqs = (id: string) =>
  useQuery({
    queryKey: keys.prereqs(id),
    queryFn: ({ signal }) => call(setupRoutes.checkPrereqs, { id }, { signal }),
    staleTime: 60_000,
  });
export const useRunSetup = (id: string) =>
  useChange((body: SetupRun) => call(setupRoutes.runSetup, { id, body }, once()), [keys.tasks(id), keys.server(id), keys.servers]);
