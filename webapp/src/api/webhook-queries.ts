import { useQuery } from '@tanstack/react-query';
import { webhookRoutes as routes, type NewWebhook, type WebhookChange } from '@clawmoor/shared/webhooks.ts';
import { useChange } from './queries.ts';
import { call } from './session.ts';

/** The server whose news a webhook is told; `undefined`: the news of all, for super-admins. */
export type Of = string | undefined;

const keyOf = (of: Of) => ['webhooks', of ?? 'all'] as const;
const deliveriesOf = (of: Of, hookId: string) => [...keyOf(of), hookId, 'deliveries'] as const;

export const useWebhooks = (of: Of, enabled = true) =>
  useQuery({
    enabled,
    queryKey: keyOf(of),
    queryFn: async ({ signal }) =>
      (of === undefined
        ? await call(routes.listInstallationWebhooks, {}, { signal })
        : await call(routes.listWebhooks, { id: of }, { signal })
      ).webhooks,
  });
export const useAddWebhook = (of: Of) =>
  useChange(
    (body: NewWebhook) => (of === undefined ? call(routes.addInstallationWebhook, { body }) : call(routes.addWebhook, { id: of, body })),
    [keyOf(of)],
  );
export const useChangeWebhook = (of: Of, hookId: string) =>
  useChange(
    (body: WebhookChange) =>
      of === undefined
        ? call(routes.changeInstallationWebhook, { hookId, body })
        : call(routes.changeWebhook, { id: of, webhookId: hookId, body }),
    [keyOf(of)],
  );
export const useRemoveWebhook = (of: Of, hookId: string) =>
  useChange(
    () =>
      of === undefined ? call(routes.removeInstallationWebhook, { hookId }) : call(routes.removeWebhook, { id: of, webhookId: hookId }),
    [keyOf(of)],
  );
export const useTestWebhook = (of: Of, hookId: string) =>
  useChange(
    () =>
      of === undefined
        ? call(routes.testInstallationWebhook, { hookId, body: {} })
        : call(routes.testWebhook, { id: of, webhookId: hookId, body: {} }),
    [],
  );
export const useDeliveries = (of: Of, hookId: string) =>
  useQuery({
    queryKey: deliveriesOf(of, hookId),
    queryFn: async ({ signal }) =>
      (of === undefined
        ? await call(routes.listInstallationDeliveries, { hookId }, { signal })
        : await call(routes.listDeliveries, { id: of, webhookId: hookId }, { signal })
      ).deliveries,
    refetchInterval: 10_000,
  });
