import { useState } from 'react';
import { useLocation } from 'wouter';
import type { DeviceLogin } from '@clawmoor/shared/device.ts';
import type { TokenScope } from '@clawmoor/shared/tokens.ts';
import { useAllowDevice, useDenyDevice, useDevice } from '../../api/device-login-queries.ts';
import { haptic } from '../../telegram/controls.ts';
import { Choice } from '../../ui/field.tsx';
import { FactRow, List } from '../../ui/list.tsx';
import { Failed } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { codes as text } from '../../words/en/codes.ts';
import { ago } from '../../words/words.ts';
import { CodeForm, ShowCode } from './code-form.tsx';
import { launchCode } from './launch-code.ts';

const SCOPES = ['read', 'write', 'admin'] as const;

/** A command line asks to be signed in: the code that it shows is compared, and its person allows it or not. */
export function DeviceScreen() {
  const [code, setCode] = useState(() => launchCode('dev'));
  if (code !== '') return <Asking key={code} code={code} other={() => setCode('')} />;
  return (
    <CodeForm
      title={text.device}
      intro={text.deviceIntro}
      label={text.deviceCode}
      help={text.deviceCodeHelp}
      wrong={text.deviceCodeHelp}
      read={(typed) => typed.toUpperCase().replace(/[^A-Z]/g, '')}
      valid={(typed) => typed.length === 8}
      submit={setCode}
    />
  );
}

function Asking({ code, other }: { code: string; other: () => void }) {
  const device = useDevice(code);
  const [scope, setScope] = useState<TokenScope>('write');
  const allow = useAllowDevice(code);
  const deny = useDenyDevice(code);
  const [, go] = useLocation();
  const busy = allow.isPending || deny.isPending;
  const answered = allow.data ?? deny.data ?? (device.data?.state === 'pending' ? undefined : device.data);
  const failure = allow.error ?? deny.error;
  const pending = device.data?.state === 'pending' && answered === undefined;
  const main = pending
    ? {
        text: text.allow,
        busy: allow.isPending,
        disabled: deny.isPending,
        press: () => allow.mutate(scope, { onSuccess: () => haptic('success') }),
      }
    : undefined;
  return (
    <Screen title={text.device} main={main}>
      <ShowCode query={device}>{(asking) => (answered ? <Answer state={answered.state} /> : <Question device={asking} />)}</ShowCode>
      {pending && (
        <>
          <Choice<TokenScope>
            legend={text.scope}
            value={scope}
            onChange={setScope}
            options={SCOPES.map((value) => ({ value, label: text.scopes[value], help: text.scopeHelp[value] }))}
          />
          {failure !== null && <Failed error={failure} />}
          <button type="button" className="button danger wide" disabled={busy} onClick={() => deny.mutate(undefined)}>
            {text.deny}
          </button>
        </>
      )}
      {!pending && !device.isPending && (
        <div className="actions">
          <button type="button" className="button plain" onClick={() => go('/', { replace: true })}>
            {text.toServers}
          </button>
          <button type="button" className="button plain" onClick={other}>
            {text.otherCode}
          </button>
        </div>
      )}
    </Screen>
  );
}

function Question({ device }: { device: DeviceLogin }) {
  return (
    <>
      <section className="card">
        <h2>{text.deviceAsks}</h2>
        <p>{text.compare}</p>
        <p className="fingerprint" dir="ltr">
          {device.userCode}
        </p>
        <p>{text.warning}</p>
      </section>
      <List>
        <FactRow name={text.program}>
          <bdi dir="ltr">{device.userAgent ?? text.unknown}</bdi>
        </FactRow>
        <FactRow name={text.address}>
          <bdi dir="ltr">{device.ip ?? text.unknown}</bdi>
        </FactRow>
        <FactRow name={text.asked}>{ago(device.createdAt)}</FactRow>
      </List>
    </>
  );
}

function Answer({ state }: { state: DeviceLogin['state'] }) {
  return (
    <p className={state === 'denied' ? 'notice warn' : 'notice'} role="status">
      <strong>{state === 'denied' ? text.denied : text.allowed}</strong>
      {state !== 'denied' && text.allowedHelp}
    </p>
  );
}
