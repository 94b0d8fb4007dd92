import { join } from 'node:path';
import { startTrialServer } from '../adapters/ssh/trial-server.ts';
import { TRIAL_USER_ID, type Config } from '../config.ts';
import { addTrialServer, type TrialRowParts } from '../features/servers/trial-server-row.ts';
import { TRIAL_NAME } from './people.ts';

/** The local trial's own SSH server, and the row of "This machine". */
export function createTrial({ config, ...parts }: { config: Config } & Omit<TrialRowParts, 'trial' | 'owner'>) {
  let close: (() => Promise<void>) | undefined;
  let port: number | undefined;
  return {
    port: () => port,
    async begin(): Promise<void> {
      if (!config.trial || process.platform !== 'linux') return;
      const trial = await startTrialServer({ folder: join(config.dataDir, 'trial') });
      port = trial.port;
      await addTrialServer({ ...parts, trial, owner: { id: TRIAL_USER_ID, firstName: TRIAL_NAME } });
      close = trial.close;
    },
    end: async (): Promise<void> => close?.(),
  };
}
