import type { webhookRoutes } from '@clawmoor/shared/webhooks.ts';
import type { Webhooks } from '../features/webhooks/webhooks.ts';
import type { Handlers } from '../http/handlers.ts';
import type { RequestContext } from '../lib/caller.ts';
import type { NewWebhook, Webhook, WebhookChange } from '@clawmoor/shared/webhooks.ts';

/** The same six operations for one server and for the installation. */
export function webhookHandlers({ webhooks }: { webhooks: Webhooks }): Handlers<typeof webhookRoutes> {
  const operations = {
    async add(serverId: string | null, body: NewWebhook, { caller, note }: RequestContext) {
      note({ after: { host: hostOf(body.url), kinds: body.kinds } });
      const made = await webhooks.add(serverId, body, caller.userId);
      note({ target: made.id, after: audited(made) });
      return made;
    },
    async change(serverId: string | null, id: string, body: WebhookChange, { caller, note }: RequestContext) {
      note({ target: id });
      note({ before: audited(await webhooks.read(serverId, id)) });
      const changed = await webhooks.change(serverId, id, body, caller.userId);
      note({ after: { ...audited(changed), newSecret: changed.secret !== undefined } });
      return changed;
    },
    async remove(serverId: string | null, id: string, { note }: RequestContext) {
      note({ target: id });
      note({ before: audited(await webhooks.remove(serverId, id)) });
    },
    async test(serverId: string | null, id: string, { signal, note }: RequestContext) {
      note({ target: id });
      const result = await webhooks.test(serverId, id, signal);
      note({ after: { ok: result.ok, status: result.status } });
      return result;
    },
  };
  return {
    listWebhooks: async ({ id }) => ({ webhooks: await webhooks.list(id) }),
    addWebhook: ({ id, body }, context) => operations.add(id, body, context),
    changeWebhook: ({ id, webhookId, body }, context) => operations.change(id, webhookId, body, context),
    removeWebhook: ({ id, webhookId }, context) => operations.remove(id, webhookId, context),
    testWebhook: ({ id, webhookId }, context) => operations.test(id, webhookId, context),
    listDeliveries: async ({ id, webhookId }) => ({ deliveries: await webhooks.deliveries(id, webhookId) }),

    listInstallationWebhooks: async () => ({ webhooks: await webhooks.list(null) }),
    addInstallationWebhook: ({ body }, context) => operations.add(null, body, context),
    changeInstallationWebhook: ({ hookId, body }, context) => operations.change(null, hookId, body, context),
    removeInstallationWebhook: ({ hookId }, context) => operations.remove(null, hookId, context),
    testInstallationWebhook: ({ hookId }, context) => operations.test(null, hookId, context),
    listInstallationDeliveries: async ({ hookId }) => ({ deliveries: await webhooks.deliveries(null, hookId) }),
  };
}

/** Paths and queries of such addresses often hold a secret of the receiver: the audit log names the host. */
const audited = ({ url, kinds, enabled }: Webhook) => ({ host: hostOf(url), kinds, enabled });
const hostOf = (url: string): string => new URL(url).host;
