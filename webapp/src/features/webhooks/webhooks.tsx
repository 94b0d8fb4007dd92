import { useState } from 'react';
import type { Webhook } from '@clawmoor/shared/webhooks.ts';
import { isSuperAdmin } from '../../api/admin-queries.ts';
import { useAddWebhook, useWebhooks, type Of } from '../../api/webhook-queries.ts';
import { haptic, useClosingConfirmation } from '../../telegram/controls.ts';
import { LinkRow, List } from '../../ui/list.tsx';
import { EmptyState, Show, StateWord } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { Sheet, useSheet } from '../../ui/sheet.tsx';
import { webhooks as text } from '../../words/en/webhooks.ts';
import { ago, fill, plural } from '../../words/words.ts';
import { HookForm, hostOf } from './hook-form.tsx';
import { Secret } from './secret.tsx';

export const ServerWebhooks = ({ id }: { id: string }) => <Webhooks of={id} home={`/servers/${id}/webhooks`} />;

export function InstallationWebhooks() {
  if (isSuperAdmin()) return <Webhooks of={undefined} home="/admin/webhooks" />;
  return (
    <Screen title={text.title}>
      <p className="card">{text.superOnly}</p>
    </Screen>
  );
}

/** Which other programs are told the news: listed, added, their secret shown once. */
function Webhooks({ of, home }: { of: Of; home: string }) {
  const hooks = useWebhooks(of);
  const add = useAddWebhook(of);
  const sheet = useSheet('webhook');
  const [secret, setSecret] = useState<string>();
  useClosingConfirmation(secret !== undefined);
  const main =
    secret !== undefined
      ? { text: text.kept, press: () => setSecret(undefined) }
      : hooks.data
        ? { text: text.create, press: sheet.show }
        : undefined;
  return (
    <Screen title={text.title} main={main} leave={secret === undefined ? undefined : { question: text.leave, action: text.leaveAction }}>
      <p>{of === undefined ? text.introAll : text.intro}</p>
      {secret !== undefined && <Secret secret={secret} />}
      <Show query={hooks} empty={{ when: (all) => all.length === 0, face: <EmptyState title={text.empty}>{text.emptyHelp}</EmptyState> }}>
        {(all) => (
          <List>
            {all.map((hook) => (
              <LinkRow key={hook.id} href={`${home}/${hook.id}`} end={<HookState hook={hook} />}>
                <bdi dir="ltr">{hostOf(hook.url)}</bdi>
                <small>
                  {hook.kinds.length === 0 ? text.allKindsShort : plural(text.kindCount, hook.kinds.length)} ·{' '}
                  {fill(text.since, { time: ago(hook.createdAt) })}
                </small>
              </LinkRow>
            ))}
          </List>
        )}
      </Show>
      <Sheet sheet={sheet} title={text.create}>
        <HookForm
          busy={add.isPending}
          error={add.error}
          close={() => void sheet.hide()}
          save={(hook) =>
            add.mutate(hook, {
              onSuccess: async (made) => {
                haptic('success');
                setSecret(made.secret);
                await sheet.hide();
                window.scrollTo(0, 0);
              },
            })
          }
        />
      </Sheet>
    </Screen>
  );
}

/** Off by a person, off by itself, in trouble, or well. */
export function HookState({ hook: { enabled, disabledWhy, failingSince } }: { hook: Webhook }) {
  if (!enabled) return <StateWord tone={disabledWhy === null ? 'idle' : 'bad'}>{text.states.off}</StateWord>;
  if (failingSince !== null) return <StateWord tone="warn">{text.states.failing}</StateWord>;
  return <StateWord tone="good">{text.states.on}</StateWord>;
}
