import { useEffect, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import type { QrLogin as Login } from '@clawmoor/shared/openclaw-channels.ts';
import { askForCode, type QrAsk } from '../../../api/channel-queries.ts';
import { haptic } from '../../../telegram/controls.ts';
import { Failed, Waiting } from '../../../ui/parts.tsx';
import { Sheet, type SheetHandle } from '../../../ui/sheet.tsx';
import { channels as text } from '../../../words/en/channels.ts';

/** A login by a code that another phone scans: the code is replaced as often as the channel does. */
export function QrLogin({ ask, sheet }: { ask: QrAsk; sheet: SheetHandle }) {
  return (
    <Sheet sheet={sheet} title={text.qrTitle}>
      <LiveCode ask={ask} hide={sheet.hide} />
    </Sheet>
  );
}

function LiveCode({ ask: { id, channel, accountId }, hide }: { ask: QrAsk; hide: () => Promise<void> }) {
  const [login, setLogin] = useState<Login>();
  const [error, setError] = useState<unknown>();
  const [round, setRound] = useState(0);
  const client = useQueryClient();
  useEffect(() => {
    const stop = new AbortController();
    setError(undefined);
    setLogin(undefined);
    follow({ id, channel, accountId }, stop.signal, setLogin).then(
      () => {
        haptic('success');
        void client.invalidateQueries({ queryKey: ['channels'] });
      },
      (failure: unknown) => {
        if (!stop.signal.aborted) setError(failure);
      },
    );
    return () => stop.abort();
  }, [id, channel, accountId, round, client]);
  if (error !== undefined) return <Failed error={error} retry={() => setRound(round + 1)} />;
  if (login?.state === 'connected')
    return (
      <>
        <p className="notice" role="status">
          {text.qrDone}
        </p>
        <button type="button" className="button wide" onClick={() => void hide()}>
          {text.qrClose}
        </button>
      </>
    );
  return (
    <>
      <p>{text.qrHelp}</p>
      {login?.qr == null ? <Waiting rows={2} /> : <img className="qr" src={login.qr} alt={text.qrAlt} />}
      {login?.message != null && (
        <p className="hint" role="status">
          <bdi>{login.message}</bdi>
        </p>
      )}
      <p className="hint">{text.qrLive}</p>
    </>
  );
}

// Between two questions where the channel has no code yet: each of them waits on the server already.
const PAUSE_MS = 1_000;

async function follow(ask: QrAsk, signal: AbortSignal, show: (login: Login) => void): Promise<void> {
  let login = await askForCode(ask, undefined, signal);
  while (login.state !== 'connected') {
    signal.throwIfAborted();
    show(login);
    if (login.qr === null) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    const next = await askForCode(ask, login.qr, signal);
    // No answer within the wait means that the same code still stands.
    login = next.state === 'waiting' && next.qr === null ? { ...next, qr: login.qr } : next;
  }
  show(login);
}
