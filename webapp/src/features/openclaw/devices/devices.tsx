import { useState } from 'react';
import { useAnswerDevice, useDevices, useRemoveDevice, useRenameDevice } from '../../../api/device-queries.ts';
import { haptic } from '../../../telegram/controls.ts';
import { confirm } from '../../../telegram/popup.ts';
import { Field } from '../../../ui/field.tsx';
import { EmptyState, Failed, Show } from '../../../ui/parts.tsx';
import { Screen } from '../../../ui/screen.tsx';
import { Sheet, useSheet } from '../../../ui/sheet.tsx';
import { devices as text } from '../../../words/en/devices.ts';
import { ago, fill, words } from '../../../words/words.ts';

const PLATFORMS: Record<string, string> = { linux: 'Linux', darwin: 'macOS', win32: 'Windows', ios: 'iOS', android: 'Android' };

type Devices = NonNullable<ReturnType<typeof useDevices>['data']>;
type Pending = Devices['pending'][number];
type Paired = Devices['paired'][number];

/** What may connect to the gateway besides us: phones, desktops, nodes. */
export function DeviceList({ id }: { id: string }) {
  const devices = useDevices(id);
  return (
    <Screen title={text.title}>
      <Show
        query={devices}
        empty={{
          when: ({ pending, paired }) => pending.length + paired.length === 0,
          face: <EmptyState title={text.empty}>{text.emptyHelp}</EmptyState>,
        }}
      >
        {({ pending, paired }) => (
          <>
            {pending.length > 0 && <h2>{text.asking}</h2>}
            {pending.map((device) => (
              <PendingCard key={device.requestId} id={id} device={device} />
            ))}
            {paired.length > 0 && <h2>{text.paired}</h2>}
            {paired.map((device) => (
              <PairedCard key={device.deviceId} id={id} device={device} />
            ))}
          </>
        )}
      </Show>
    </Screen>
  );
}

const nameOf = (device: Pending | Paired): string =>
  ('operatorLabel' in device && device.operatorLabel) || device.displayName || device.clientId || device.deviceId.slice(0, 12);

function PendingCard({ id, device }: { id: string; device: Pending }) {
  const answer = useAnswerDevice(id, device.requestId);
  const give = async (letIn: boolean): Promise<void> => {
    if (letIn && !(await confirm(fill(text.letInAsk, { name: nameOf(device) }), text.letIn))) return;
    answer.mutate(letIn, { onSuccess: () => haptic('success') });
  };
  return (
    <article className="card" aria-label={nameOf(device)}>
      <strong>
        <bdi>{nameOf(device)}</bdi>
      </strong>
      <DeviceFacts device={device} at={device.ts} said={text.askedAt} />
      {device.isRepair === true && <p className="warn">{text.repair}</p>}
      {answer.isError && <Failed error={answer.error} />}
      <div className="actions even">
        <button type="button" className="button danger" disabled={answer.isPending} onClick={() => void give(false)}>
          {text.turnAway}
        </button>
        <button type="button" className="button" disabled={answer.isPending} onClick={() => void give(true)}>
          {text.letIn}
        </button>
      </div>
    </article>
  );
}

function PairedCard({ id, device }: { id: string; device: Paired }) {
  const remove = useRemoveDevice(id, device.deviceId);
  const sheet = useSheet(`rename ${device.deviceId}`);
  const askToRemove = async (): Promise<void> => {
    if (await confirm(fill(text.removeAsk, { name: nameOf(device) }), text.remove))
      remove.mutate(undefined, { onSuccess: () => haptic('success') });
  };
  return (
    <article className="card" aria-label={nameOf(device)}>
      <strong>
        <bdi>{nameOf(device)}</bdi>
      </strong>
      <DeviceFacts device={device} at={device.approvedAtMs ?? device.createdAtMs} said={text.pairedAt} />
      {remove.isError && <Failed error={remove.error} />}
      <div className="actions">
        <button type="button" className="button small plain" onClick={sheet.show}>
          {text.rename}
        </button>
        <button type="button" className="button small danger" disabled={remove.isPending} onClick={() => void askToRemove()}>
          {text.remove}
        </button>
      </div>
      <Sheet sheet={sheet} title={text.rename}>
        <Rename id={id} device={device} hide={sheet.hide} />
      </Sheet>
    </article>
  );
}

function Rename({ id, device, hide }: { id: string; device: Paired; hide: () => Promise<void> }) {
  const [name, setName] = useState(nameOf(device));
  const rename = useRenameDevice(id, device.deviceId);
  const valid = name.trim() !== '';
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (valid) rename.mutate(name.trim(), { onSuccess: () => (haptic('success'), void hide()) });
      }}
    >
      <Field label={text.name} value={name} maxLength={64} onChange={({ target }) => setName(target.value)} />
      {rename.isError && <Failed error={rename.error} />}
      <div className="actions even">
        <button type="button" className="button plain" onClick={() => void hide()}>
          {words.app.cancel}
        </button>
        <button type="submit" className="button" disabled={!valid || rename.isPending} aria-busy={rename.isPending}>
          {text.save}
        </button>
      </div>
    </form>
  );
}

function DeviceFacts({ device, at, said }: { device: Pending | Paired; at: string | null | undefined; said: string }) {
  // A node names itself by its mode and by its role: once is enough.
  const kinds = new Set([device.clientMode, ...(device.role === undefined ? (device.roles ?? []) : [device.role])]);
  const facts = [
    device.platform && (PLATFORMS[device.platform] ?? device.platform),
    ...[...kinds].map((kind) => kind && (text.modes[kind] ?? kind)),
    device.remoteIp,
  ].filter(Boolean);
  return (
    <p className="hint">
      <bdi>{facts.join(' · ')}</bdi>
      {at != null && <> · {fill(said, { time: ago(at) })}</>}
      <br />
      <bdi dir="ltr" className="mono">
        {device.deviceId.slice(0, 16)}…
      </bdi>
    </p>
  );
}
