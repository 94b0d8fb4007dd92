import { useMutation } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useHealth } from '../../api/queries.ts';
import { signIn, signInToTrial } from '../../api/session.ts';
import { initData } from '../../telegram/bridge.ts';
import { Failed, Show, Waiting } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { words } from '../../words/words.ts';

const text = words.signIn;

/** Inside Telegram nobody is asked for anything; in a browser the trial has its button, and everything else leads to Telegram. */
export const SignIn = () => (initData === '' ? <Welcome /> : <FromTelegram />);

function FromTelegram() {
  const { mutate, error, isError } = useMutation({ mutationFn: signIn });
  useEffect(() => mutate(), [mutate]);
  return (
    <Screen title={words.servers.title}>
      {isError ? <Failed error={error} retry={() => mutate()} /> : <Waiting />}
      <p className="visually-hidden" role="status">
        {isError ? '' : text.signingIn}
      </p>
    </Screen>
  );
}

function Welcome() {
  const health = useHealth();
  const enter = useMutation({ mutationFn: signInToTrial });
  return (
    <Screen title={words.app.name}>
      <div className="empty">
        <img src="/icon.svg" alt="" width="72" height="72" />
        <h2>{text.title}</h2>
        <p>{text.intro}</p>
        <Show query={health} rows={1}>
          {({ trial }) =>
            trial ? (
              <>
                <button type="button" className="button" disabled={enter.isPending} onClick={() => enter.mutate()}>
                  {enter.isPending ? text.signingIn : text.trialButton}
                </button>
                <p className="hint">{text.trial}</p>
              </>
            ) : (
              <>
                <p>{text.telegramOnly}</p>
                <a className="button" href="https://t.me">
                  {text.openTelegram}
                </a>
              </>
            )
          }
        </Show>
        {enter.isError && <Failed error={enter.error} />}
      </div>
    </Screen>
  );
}
