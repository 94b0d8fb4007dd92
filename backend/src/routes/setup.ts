import type { setupRoutes } from '@clawmoor/shared/setup.ts';
import type { OpenclawUpdates } from '../features/openclaw-update/openclaw-update.ts';
import type { OllamaFeature } from '../features/ollama/ollama.ts';
import { OLLAMA_VERSION } from '../features/ollama/release.ts';
import type { Rag } from '../features/rag/rag.ts';
import type { Setup } from '../features/setup/setup.ts';
import type { Handlers } from '../http/handlers.ts';
import type { RequestContext } from '../lib/caller.ts';
import { Problem } from '../lib/problem.ts';

export interface SetupHandlerParts {
  setup: Setup;
  openclawUpdates: OpenclawUpdates;
  ollama: OllamaFeature;
  rag: Rag;
}

export function setupHandlers({ setup, openclawUpdates, ollama, rag }: SetupHandlerParts): Handlers<typeof setupRoutes> {
  const start = async (
    type: string,
    serverId: string,
    { caller, idempotencyKey, note }: RequestContext,
    wishes: Parameters<Setup['start']>[2] = {},
  ) => {
    const taskId = await setup.start(type, { serverId, by: caller.userId, idempotencyKey }, wishes);
    const { provider, ...rest } = wishes;
    note({ after: { taskId, ...rest, ...(provider && { provider: { kind: provider.kind, model: provider.model } }) } });
    return { taskId };
  };
  return {
    checkPrereqs: ({ id }, { signal }) => setup.checkPrereqs(id, signal),
    installNode: ({ id }, context) => start('setup.install-node', id, context),
    installOpenclaw: ({ id, body }, context) => start('setup.install-openclaw', id, context, body),
    onboard: ({ id, body }, context) => start('setup.onboard', id, context, body),
    configureGateway: ({ id, body }, context) => start('setup.configure-gateway', id, context, body),
    installService: ({ id }, context) => start('setup.systemd', id, context),
    verifyHealth: ({ id, wait }, { signal }) => setup.verifyHealth(id, wait, signal),
    createDefaultAgent: ({ id, body }, context) => start('setup.create-default-agent', id, context, { agent: body }),
    checkUpdates: async ({ id }, { signal }) => ({ components: await setup.checkUpdates(id, signal) }),
    async updateComponent({ id, body: { component, version } }, context) {
      if (component === 'rag' && version !== undefined) {
        throw new Problem('request.invalid', 'The document search comes with Clawmoor, in one version', {
          issues: [{ path: 'version', message: 'must be left out' }],
          fix: 'Leave the version out: what Clawmoor brings is installed.',
        });
      }
      if (component === 'node') return start('setup.update-component', id, context, { component, version });
      const { caller, idempotencyKey, signal, note } = context;
      const by = caller.userId;
      const begin = {
        rag: () => rag.install(id, { by, idempotencyKey }),
        ollama: () => ollama.install(id, version ?? OLLAMA_VERSION, { by, idempotencyKey, signal }),
        openclaw: () => openclawUpdates.start(id, { wanted: version ?? 'latest', by, idempotencyKey, signal }),
      }[component];
      const taskId = await begin();
      note({ after: { taskId, component, version } });
      return { taskId };
    },
    runSetup: ({ id, body }, context) => start('setup.run', id, context, body),
  };
}
