import { useState } from 'react';
import { useLocation } from 'wouter';
import type { Webhook, WebhookChange } from '@clawmoor/shared/webhooks.ts';
import { useChangeWebhook, useRemoveWebhook, useTestWebhook, useWebhooks, type Of } from '../../api/webhook-queries.ts';
import { haptic, useClosingConfirmation } from '../../telegram/controls.ts';
import { confirm } from '../../telegram/popup.ts';
import { List } from '../../ui/list.tsx';
import { EmptyState, Failed, Show } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { Sheet, useSheet } from '../../ui/sheet.tsx';
import { Toggle } from '../../ui/toggle.tsx';
import { incidents } from '../../words/en/incidents.ts';
import { webhooks as text } from '../../words/en/webhooks.ts';
import { ago, fill } from '../../words/words.ts';
import { Deliveries } from './deliveries.tsx';
import { HookForm, hostOf } from './hook-form.tsx';
import { Secret } from './secret.tsx';
import { Tested } from './tested.tsx';
import { HookState } from './webhooks.tsx';

export const ServerWebhook = ({ id, webhookId }: { id: string; webhookId: string }) => (
  <WebhookPage of={id} hookId={webhookId} home={`/servers/${id}/webhooks`} />
);
export const InstallationWebhook = ({ hookId }: { hookId: string }) => (
  <WebhookPage of={undefined} hookId={hookId} home="/admin/webhooks" />
);

interface PageProps {
  of: Of;
  hookId: string;
  home: string;
}

/** One program that is told the news: how it does, what it was told, and what can be changed. */
function WebhookPage({ of, hookId, home }: PageProps) {
  const hooks = useWebhooks(of);
  const hook = hooks.data?.find(({ id }) => id === hookId);
  if (hook) return <Known of={of} hook={hook} home={home} />;
  return (
    <Screen title={text.one}>
      <Show query={hooks}>{() => <EmptyState title={text.gone} />}</Show>
    </Screen>
  );
}

function Known({ of, hook, home }: { of: Of; hook: Webhook; home: string }) {
  const test = useTestWebhook(of, hook.id);
  const change = useChangeWebhook(of, hook.id);
  const remove = useRemoveWebhook(of, hook.id);
  const sheet = useSheet('change');
  const [secret, setSecret] = useState<string>();
  const [, go] = useLocation();
  useClosingConfirmation(secret !== undefined);
  const send = (body: WebhookChange): void =>
    change.mutate(body, {
      onSuccess: async (changed) => {
        haptic('success');
        setSecret(changed.secret);
        await sheet.hide();
      },
    });
  const askForSecret = async (): Promise<void> => {
    if (await confirm(text.newSecretAsk, text.newSecret)) send({ newSecret: true });
  };
  const askToRemove = async (): Promise<void> => {
    if (await confirm(fill(text.removeAsk, { host: hostOf(hook.url) }), text.remove))
      remove.mutate(undefined, { onSuccess: () => (haptic('success'), go(home, { replace: true })) });
  };
  const main = {
    text: test.isPending ? text.testing : text.test,
    press: () => test.mutate(undefined, { onSuccess: ({ ok }) => haptic(ok ? 'success' : 'warning') }),
    busy: test.isPending,
  };
  return (
    <Screen
      title={hostOf(hook.url)}
      main={main}
      leave={secret === undefined ? undefined : { question: text.leave, action: text.leaveAction }}
    >
      {secret !== undefined && <Secret secret={secret} />}
      <Facts hook={hook} />
      {test.data && <Tested result={test.data} />}
      {test.isError && <Failed error={test.error} />}
      {change.isError && !sheet.open && <Failed error={change.error} />}
      {remove.isError && <Failed error={remove.error} />}
      <List>
        <li>
          <Toggle
            label={text.enabled}
            checked={change.isPending && change.variables.enabled !== undefined ? change.variables.enabled : hook.enabled}
            disabled={change.isPending}
            onChange={(enabled) => send({ enabled })}
          />
        </li>
      </List>
      <Deliveries of={of} hookId={hook.id} />
      <div className="actions">
        <button type="button" className="button plain" onClick={sheet.show}>
          {text.change}
        </button>
        <button type="button" className="button plain" disabled={change.isPending} onClick={() => void askForSecret()}>
          {text.newSecret}
        </button>
      </div>
      <button type="button" className="button danger wide" disabled={remove.isPending} onClick={() => void askToRemove()}>
        {text.remove}
      </button>
      <Sheet sheet={sheet} title={text.change}>
        <HookForm from={hook} busy={change.isPending} error={change.error} close={() => void sheet.hide()} save={send} />
      </Sheet>
    </Screen>
  );
}

function Facts({ hook }: { hook: Webhook }) {
  const { url, kinds, disabledWhy, failingSince, waiting, createdAt } = hook;
  const names: Partial<Record<string, string>> = incidents.kinds;
  return (
    <section className="card">
      <p>
        <HookState hook={hook} />
      </p>
      <p>
        <bdi dir="ltr" className="mono line">
          {url}
        </bdi>
      </p>
      <p>{kinds.length === 0 ? text.allKinds : kinds.map((kind) => names[kind] ?? kind).join(', ')}</p>
      {disabledWhy !== null && (
        <p className="notice bad">
          <strong>{text.switchedOff}</strong>
          <bdi lang="en">{disabledWhy}</bdi>
        </p>
      )}
      {hook.enabled && failingSince !== null && <p className="bad">{fill(text.failingSince, { time: ago(failingSince) })}</p>}
      {waiting > 0 && <p className="hint">{fill(text.waiting, { count: String(waiting) })}</p>}
      <p className="hint">{fill(text.since, { time: ago(createdAt) })}</p>
    </section>
  );
}
