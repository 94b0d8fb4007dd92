import { join } from 'node:path';
import { api } from '@clawmoor/shared/api.ts';
import type { Config } from '../config.ts';
import { describeApi } from '../http/openapi.ts';
import { VERSION } from '../version.ts';
import type { createAdmin } from './admin.ts';
import { webFolder } from './web-folder.ts';

interface Parts {
  config: Config;
  admin: ReturnType<typeof createAdmin>;
  stopping: AbortController;
}

/** What the operations of health and documentation ask. */
export function createHealth({ config, admin, stopping }: Parts) {
  // Made once: it takes long enough for others to notice.
  let described: ReturnType<typeof describeApi> | undefined;
  return {
    version: VERSION,
    trial: config.trial,
    demandReady: admin.demandReady,
    stopping: stopping.signal,
    openApi: () => (described ??= describeApi(api, { version: VERSION })),
    docsFile: join(webFolder(), 'docs.html'),
  };
}
