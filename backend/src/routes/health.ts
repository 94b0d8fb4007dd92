import type { healthRoutes } from '@clawmoor/shared/health.ts';
import type { Handlers } from '../http/handlers.ts';
import { Problem } from '../lib/problem.ts';

export interface HealthHandlerParts {
  version: string;
  trial: boolean;
  checkWritable: () => void;
  stopping: AbortSignal;
  openApi: () => { openapi: string };
}

export function healthHandlers({ version, trial, checkWritable, stopping, openApi }: HealthHandlerParts): Handlers<typeof healthRoutes> {
  const working = (): boolean => {
    if (stopping.aborted) return false;
    try {
      checkWritable();
      return true;
    } catch {
      return false; // the reason is in the log of whatever needs the database; a probe only wants the word
    }
  };
  return {
    readHealth: async () => ({ status: working() ? 'ok' : 'failing', version, trial }),
    readLiveness: async () => ({ status: 'ok' }),
    readReadiness: async () => {
      if (stopping.aborted) throw new Problem('internal.stopping', 'The service is stopping', { retryAfter: 5 });
      if (!working()) throw new Problem('internal.busy', 'The database cannot be written', { retryAfter: 5 });
      return { status: 'ok' };
    },
    readOpenApi: async () => openApi(),
  };
}
