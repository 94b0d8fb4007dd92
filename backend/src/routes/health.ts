import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
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
  /** The built page of the documentation. */
  docsFile: string;
}

export function healthHandlers({
  version,
  trial,
  demandReady,
  stopping,
  openApi,
  docsFile,
}: HealthHandlerParts): Handlers<typeof healthRoutes> {
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
    readDocs: async () => {
      const page = await readFile(docsFile).catch((cause: unknown) => {
        throw new Problem('route.not_found', 'The page of the documentation is not built', {
          fix: 'Run on the server: npm run build',
          cause,
        });
      });
      return { filename: 'docs.html', type: 'text/html; charset=utf-8', size: page.length, stream: Readable.from([page]) };
    },
    readOpenApi: async () => openApi(),
  };
}
