import type { Channel } from '@clawmoor/shared/openclaw-channels.ts';
import { useChannels, useChannelVerb, type ChannelVerb } from '../../../api/channel-queries.ts';
import { useServer } from '../../../api/server-queries.ts';
import { haptic } from '../../../telegram/controls.ts';
import { confirm } from '../../../telegram/popup.ts';
import { EmptyState, Failed, Show, StateWord } from '../../../ui/parts.tsx';
import { Screen } from '../../../ui/screen.tsx';
import { useSheet } from '../../../ui/sheet.tsx';
import { channels as text } from '../../../words/en/channels.ts';
import { ago, fill } from '../../../words/words.ts';
import { accountState } from './account-state.ts';
import { Pairings } from './pairings.tsx';
import { QrLogin } from './qr-login.tsx';

type Account = Channel['accounts'][number];

/** By which ways people reach the agents, how these are, and who knocks. */
export function Channels({ id }: { id: string }) {
  const channels = useChannels(id);
  const server = useServer(id);
  const mayChange = server.data !== undefined && server.data.role !== 'viewer';
  return (
    <Screen title={text.title}>
      {mayChange && <Pairings id={id} />}
      <Show
        query={channels}
        empty={{ when: (all) => all.channels.length === 0, face: <EmptyState title={text.empty}>{text.emptyHelp}</EmptyState> }}
      >
        {({ channels: all, issues }) => (
          <>
            {issues.map((issue) => (
              <p key={issue} className="notice warn">
                <bdi>{issue}</bdi>
              </p>
            ))}
            {all.map((channel) => (
              <section key={channel.id}>
                <h2>
                  <bdi>{channel.label}</bdi>
                </h2>
                {channel.accounts.map((account) => (
                  <AccountCard key={account.id} id={id} channel={channel} account={account} mayChange={mayChange} />
                ))}
              </section>
            ))}
          </>
        )}
      </Show>
    </Screen>
  );
}

interface CardProps {
  id: string;
  channel: Channel;
  account: Account;
  mayChange: boolean;
}

function AccountCard({ id, channel, account, mayChange }: CardProps) {
  const verb = useChannelVerb(id, channel.id, account.id);
  const sheet = useSheet(`qr ${channel.id} ${account.id}`);
  const { tone, word } = accountState(account);
  const act = async (wanted: ChannelVerb): Promise<void> => {
    if (wanted !== 'start' && !(await confirm(text.asks[wanted], text.verbs[wanted]))) return;
    verb.mutate(wanted, { onSuccess: () => haptic('success') });
  };
  const button = (wanted: ChannelVerb, look = 'plain') => (
    <button type="button" className={`button small ${look}`} disabled={verb.isPending} onClick={() => void act(wanted)}>
      {text.verbs[wanted]}
    </button>
  );
  return (
    <article className="card" aria-label={`${channel.label} ${account.name ?? account.id}`}>
      <p className="line-between">
        <strong>
          <bdi>{account.name ?? account.id}</bdi>
        </strong>
        <StateWord tone={tone}>{text.states[word]}</StateWord>
      </p>
      {account.lastError !== null && !account.running && (
        <p className="bad">
          <bdi>{account.lastError}</bdi>
        </p>
      )}
      <p className="hint">
        {account.lastInboundAt === null ? text.nothingIn : fill(text.lastIn, { time: ago(account.lastInboundAt) })}
        {account.lastOutboundAt !== null && ` · ${fill(text.lastOut, { time: ago(account.lastOutboundAt) })}`}
      </p>
      {mayChange && (
        <div className="actions">
          {account.running ? button('stop') : account.configured && button('start')}
          {(!account.configured || account.connected === false) && (
            <button type="button" className="button small plain" onClick={sheet.show}>
              {text.qr}
            </button>
          )}
          {account.configured && button('logout', 'danger')}
        </div>
      )}
      {verb.isError && <Failed error={verb.error} />}
      {mayChange && <QrLogin ask={{ id, channel: channel.id, accountId: account.id }} sheet={sheet} />}
    </article>
  );
}
