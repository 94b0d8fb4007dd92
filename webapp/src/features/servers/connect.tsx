import { useState } from 'react';
import { useLocation } from 'wouter';
import type * as z from 'zod/mini';
import type { Server, ServerTest } from '@clawmoor/shared/servers.ts';
import { usePinHostKey, useServer, useTestServer } from '../../api/server-queries.ts';
import { haptic } from '../../telegram/controls.ts';
import { CopyLine, Failed, Show, Waiting } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { connect as text } from '../../words/en/connect.ts';
import { KeyChanged } from './key-changed.tsx';
import { Fingerprint, Stages } from './test-parts.tsx';

type Test = z.output<typeof ServerTest>;

/** From an address to a login: the public key where we made one, the fingerprint, the test. */
export function Connect({ id }: { id: string }) {
  const server = useServer(id);
  if (server.data) return <ConnectServer server={server.data} />;
  return (
    <Screen title={text.title}>
      <Show query={server}>{() => null}</Show>
    </Screen>
  );
}

function ConnectServer({ server }: { server: Server }) {
  const [keyPlaced, setKeyPlaced] = useState(server.publicKey === undefined || server.state === 'online');
  const [rejected, setRejected] = useState(false);
  const test = useTestServer(server.id);
  const pin = usePinHostKey(server.id);
  const [, go] = useLocation();
  const result = test.data;
  const run = (): void => test.mutate(undefined, { onSuccess: ({ ok }) => haptic(ok ? 'success' : 'warning') });
  const question = result && !rejected ? keyInQuestion(server, result) : undefined;
  const trust = (): void => {
    if (question) pin.mutate({ sha256: question.sha256, hop: question.hop }, { onSuccess: run });
  };
  // Full-screen, and its main action is the refusal: trust that was broken is not mended by a tap.
  if (result?.code === 'ssh.host_key_changed')
    return <KeyChanged server={server} shown={result.hostKey?.sha256} leave={() => go(`/servers/${server.id}`, { replace: true })} />;
  const main = !keyPlaced
    ? { text: text.publicKeyDone, press: () => (setKeyPlaced(true), run()) }
    : question
      ? undefined // no default on "Accept": it is pressed on purpose or not at all
      : result?.ok
        ? { text: text.goSetup, press: () => go(`/servers/${server.id}/setup`) }
        : { text: test.isPending ? text.testing : text.test, press: run, busy: test.isPending };
  return (
    <Screen title={server.name} main={main}>
      {keyPlaced && !result && !test.isPending && <p>{text.intro}</p>}
      {!keyPlaced && server.publicKey !== undefined && <PlaceKey publicKey={server.publicKey} />}
      {keyPlaced && result && <Stages stages={result.stages} />}
      {keyPlaced && test.isPending && !result && <Waiting rows={2} />}
      {question && (
        <Fingerprint question={question} busy={pin.isPending || test.isPending} accept={trust} reject={() => setRejected(true)} />
      )}
      {rejected && (
        <p className="notice bad" role="alert">
          {text.rejected}
        </p>
      )}
      {result?.ok && (
        <p className="notice" role="status">
          <strong>{text.ok}</strong>
          {text.okHelp}
        </p>
      )}
      {test.isError && <Failed error={test.error} retry={run} />}
      {pin.isError && <Failed error={pin.error} />}
    </Screen>
  );
}

export interface KeyQuestion {
  hop: 'server' | 'jump';
  type: string;
  sha256: string;
}

/** The key that the test showed and nobody has confirmed yet; the jump host's comes first. */
function keyInQuestion(server: Server, { code, hostKey, jumpHostKey }: Test): KeyQuestion | undefined {
  if (code !== 'ssh.host_key_unconfirmed') return undefined;
  if (jumpHostKey && !server.jump?.hostKey) return { hop: 'jump', ...jumpHostKey };
  return hostKey ? { hop: 'server', ...hostKey } : undefined;
}

function PlaceKey({ publicKey }: { publicKey: string }) {
  // One line for any login shell; the key holds no quotes.
  const command = `mkdir -p ~/.ssh && chmod 700 ~/.ssh && echo '${publicKey}' >> ~/.ssh/authorized_keys && chmod 600 ~/.ssh/authorized_keys`;
  return (
    <section className="card">
      <h2>{text.publicKey}</h2>
      <p>{text.publicKeyHelp}</p>
      <CopyLine text={command} />
    </section>
  );
}
