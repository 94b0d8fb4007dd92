import type { healthRoutes } from '@clawmoor/shared/health.ts';
import type { Handlers } from '../http/handlers.ts';
import { Problem } from '../lib/problem.ts';

export interface HealthHandlerParts {
  version: string;
  trial: boolean;
  /** Throws where requests should not be sent here. */
  demandReady: () => Promise<void>;
  stopping: AbortSignal;
  openApi: () => { openapi: string };
}

export function healthHandlers({ version, trial, demandReady, stopping, openApi }: HealthHandlerParts): Handlers<typeof healthRoutes> {
  const working = async (): Promise<boolean> => {
    if (stopping.aborted) return false;
    try {
      await demandReady();
      return true;
    } catch {
      return false; // the reason is in the log of whatever needs the database; a probe only wants the word
    }
  };
  return {
    readHealth: async () => ({ status: (await working()) ? 'ok' : 'failing', version, trial }),
    readLiveness: async () => ({ status: 'ok' }),
    readReadiness: async () => {
      if (stopping.aborted) throw new Problem('internal.stopping', 'The service is stopping', { retryAfter: 5 });
      await demandReady().catch((error: unknown) => {
        if (error instanceof Problem) throw error;
        throw new Problem('internal.busy', 'The database cannot be written, or not be read with our keys', { retryAfter: 5, cause: error });
      });
      return { status: 'ok' };
    },
    readOpenApi: async () => openApi(),
  };
}
