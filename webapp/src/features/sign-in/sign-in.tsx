import { useMutation } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useHealth } from '../../api/queries.ts';
import { signIn, signInToTrial, type SessionState } from '../../api/session.ts';
import { initData, isTelegram } from '../../telegram/bridge.ts';
import { close } from '../../telegram/controls.ts';
import { Failed, Screen, Waiting } from '../../ui/parts.tsx';
import { words } from '../../words/words.ts';

const text = words.signIn;

export function SignIn({ session }: { session: SessionState }) {
  if (session.kind === 'over') return isTelegram ? <Over /> : <Welcome ended />;
  return initData === '' ? <Welcome /> : <FromTelegram />;
}

function FromTelegram() {
  const { mutate, error, isError } = useMutation({ mutationFn: signIn });
  useEffect(() => mutate(), [mutate]);
  return (
    <Screen title={words.app.name}>
      {isError ? <Failed error={error} retry={() => mutate()} /> : <Waiting />}
      <p className="visually-hidden" role="status">
        {isError ? '' : text.signingIn}
      </p>
    </Screen>
  );
}

function Welcome({ ended = false }: { ended?: boolean }) {
  const health = useHealth();
  const enter = useMutation({ mutationFn: signInToTrial });
  return (
    <Screen title={words.app.name}>
      <div className="center">
        <h1>{text.title}</h1>
        <p>{text.intro}</p>
        {ended && <p className="hint">{text.over}</p>}
        {health.isPending && <Waiting rows={1} />}
        {health.isError && <Failed error={health.error} retry={() => void health.refetch()} />}
        {health.data?.trial === true && (
          <>
            <p className="hint">{text.trial}</p>
            <button type="button" className="button" disabled={enter.isPending} onClick={() => enter.mutate()}>
              {enter.isPending ? text.signingIn : text.trialButton}
            </button>
          </>
        )}
        {health.data?.trial === false && <p>{text.telegramOnly}</p>}
        {enter.isError && <Failed error={enter.error} />}
      </div>
    </Screen>
  );
}

function Over() {
  return (
    <Screen title={words.app.name} main={{ text: text.close, press: close }}>
      <div className="center">
        <h1>{text.over}</h1>
        <p>{text.overHelp}</p>
      </div>
    </Screen>
  );
}
