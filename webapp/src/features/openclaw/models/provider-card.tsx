import type { Provider } from '@clawmoor/shared/openclaw-models.ts';
import { useSignOutOf, useTestProvider } from '../../../api/model-queries.ts';
import { haptic } from '../../../telegram/controls.ts';
import { confirm } from '../../../telegram/popup.ts';
import { Failed, StateWord, type Tone } from '../../../ui/parts.tsx';
import { models as text } from '../../../words/en/models.ts';
import { when } from '../../../words/times.ts';
import { fill, number } from '../../../words/words.ts';

const TONES: Record<string, Tone> = { ok: 'good', static: 'good', expiring: 'warn', expired: 'bad', missing: 'idle' };

export interface ProviderCardProps {
  id: string;
  provider: Provider;
  mayChange: boolean;
  /** Asks for a new key; `undefined` where the gateway takes none for it. */
  replace: (() => void) | undefined;
}

/** One provider of models: where its key comes from, until when it is good, and whether it answers. */
export function ProviderCard({ id, provider, mayChange, replace }: ProviderCardProps) {
  const test = useTestProvider(id, provider.provider);
  const signOut = useSignOutOf(id, provider.provider);
  const askToSignOut = async (): Promise<void> => {
    if (await confirm(fill(text.signOutAsk, { name: provider.name }), text.signOut)) signOut.mutate(undefined);
  };
  const run = (): void => test.mutate(undefined, { onSuccess: ({ ok }) => haptic(ok ? 'success' : 'error') });
  return (
    <article className="card" aria-label={provider.name}>
      <p className="line-between">
        <strong>
          <bdi>{provider.name}</bdi>
        </strong>
        <StateWord tone={TONES[provider.status] ?? 'idle'}>{text.states[provider.status] ?? provider.status}</StateWord>
      </p>
      <p className="hint">
        {provider.keyFrom !== null && (text.keyFrom[provider.keyFrom] ?? fill(text.keyFromOther, { name: provider.keyFrom }))}
        {provider.expiresAt !== null && ` ${fill(text.ends, { time: when(provider.expiresAt) })}`}
      </p>
      {provider.credentials.map(({ id: name, expiresAt }) => (
        <p key={name} className="hint">
          <bdi dir="ltr" className="mono">
            {name}
          </bdi>
          {expiresAt !== null && ` · ${fill(text.ends, { time: when(expiresAt) })}`}
        </p>
      ))}
      {test.data && (
        <div className={test.data.ok ? 'notice' : 'notice bad'} role="status">
          <strong>
            {test.data.ok ? text.answers : text.answersNot}
            {test.data.ms !== null && ` · ${fill(text.milliseconds, { ms: number(test.data.ms) })}`}
          </strong>
          {test.data.message !== null && <bdi>{test.data.message}</bdi>}
        </div>
      )}
      {test.isError && <Failed error={test.error} />}
      {signOut.isError && <Failed error={signOut.error} />}
      {mayChange && (
        <div className="actions">
          <button type="button" className="button small plain" disabled={test.isPending} aria-busy={test.isPending} onClick={run}>
            {test.isPending ? text.testing : text.test}
          </button>
          {replace && (
            <button type="button" className="button small plain" onClick={replace}>
              {text.replace}
            </button>
          )}
          {provider.credentials.some(({ canLogOut }) => canLogOut) && (
            <button type="button" className="button small danger" disabled={signOut.isPending} onClick={() => void askToSignOut()}>
              {text.signOut}
            </button>
          )}
        </div>
      )}
    </article>
  );
}
