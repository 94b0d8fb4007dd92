import { useState } from 'react';
import { useLocation } from 'wouter';
import { readSshAddress } from '@clawmoor/shared/ssh-address.ts';
import { ApiError } from '../../api/client.ts';
import { useAddServer } from '../../api/server-queries.ts';
import { haptic, useClosingConfirmation } from '../../telegram/controls.ts';
import { useDraft } from '../../ui/draft.ts';
import { Choice, Field } from '../../ui/field.tsx';
import { Failed } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { addServer as text } from '../../words/en/add-server.ts';
import { fill } from '../../words/words.ts';
import { bodyOf, EMPTY_FORM, withoutSecrets, type AuthMethod, type ServerForm } from './server-form.ts';

export function AddServer() {
  const { form, set, changed, restored, forget } = useDraft('add-server', EMPTY_FORM, withoutSecrets);
  const [touched, setTouched] = useState(false);
  const add = useAddServer();
  const [, go] = useLocation();
  useClosingConfirmation(changed && !add.isSuccess);
  const body = bodyOf(form);
  const address = readSshAddress(form.address);
  const submit = (): void => {
    setTouched(true);
    if (!body || add.isPending) return;
    add.mutate(body, {
      onSuccess: ({ id }) => {
        forget();
        haptic('success');
        go(`/servers/${id}/connect`, { replace: true });
      },
    });
  };
  const problemAt = (path: string): string | undefined =>
    add.error instanceof ApiError ? add.error.issues.find((issue) => issue.path === path)?.message : undefined;
  const wrong = form.address !== '' && !address && (touched || form.address.length > 3);
  return (
    <Screen title={text.title} main={{ text: text.submit, press: submit, busy: add.isPending, disabled: !body }}>
      {restored && (
        <p className="hint" role="status">
          {text.kept}
        </p>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Field
          label={text.address}
          help={address && form.address.trim() !== address.host ? fill(text.understood, understood(address)) : text.addressHelp}
          problem={wrong ? text.invalid : problemAt('host')}
          value={form.address}
          inputMode="url"
          autoComplete="off"
          dir="ltr"
          onBlur={() => setTouched(true)}
          onChange={({ target }) => set({ address: target.value })}
        />
        <Field
          label={text.name}
          value={form.name}
          placeholder={address?.host ?? ''}
          maxLength={64}
          optional
          autoComplete="off"
          onChange={({ target }) => set({ name: target.value })}
        />
        <Choice<AuthMethod>
          legend={text.how}
          value={form.authMethod}
          onChange={(authMethod) => set({ authMethod })}
          options={[
            { value: 'generated', label: text.generated, help: text.generatedHelp },
            { value: 'key', label: text.key },
            { value: 'password', label: text.password },
          ]}
        />
        <Secrets form={form} set={set} problemAt={problemAt} />
        <details>
          <summary>{text.more}</summary>
          <Extras form={form} set={set} problemAt={problemAt} />
        </details>
        {add.isError && <Failed error={add.error} />}
        <button type="submit" className="visually-hidden" tabIndex={-1}>
          {text.submit}
        </button>
      </form>
    </Screen>
  );
}

const understood = ({ username, host, port }: { username: string; host: string; port: number }): Record<string, string> => ({
  user: username,
  host,
  port: String(port),
});

interface PartProps {
  form: ServerForm;
  set: (change: Partial<ServerForm>) => void;
  problemAt: (path: string) => string | undefined;
}

function Secrets({ form, set, problemAt }: PartProps) {
  if (form.authMethod === 'password')
    return (
      <Field
        label={text.passwordField}
        help={text.passwordHelp}
        type="password"
        autoComplete="off"
        problem={problemAt('password')}
        value={form.password}
        onChange={({ target }) => set({ password: target.value })}
      />
    );
  if (form.authMethod !== 'key') return null;
  return (
    <>
      <Field
        multiline
        label={text.privateKey}
        help={text.privateKeyHelp}
        problem={problemAt('privateKey')}
        value={form.privateKey}
        dir="ltr"
        autoComplete="off"
        onChange={({ target }) => set({ privateKey: target.value })}
      />
      <Field
        label={text.passphrase}
        type="password"
        autoComplete="off"
        optional
        problem={problemAt('passphrase')}
        value={form.passphrase}
        onChange={({ target }) => set({ passphrase: target.value })}
      />
    </>
  );
}

function Extras({ form, set, problemAt }: PartProps) {
  return (
    <>
      <Field
        label={text.tags}
        help={text.tagsHelp}
        optional
        autoComplete="off"
        problem={problemAt('tags')}
        value={form.tags}
        onChange={({ target }) => set({ tags: target.value })}
      />
      <Field
        label={text.sudo}
        help={text.sudoHelp}
        type="password"
        autoComplete="off"
        optional
        value={form.sudoPassword}
        onChange={({ target }) => set({ sudoPassword: target.value })}
      />
      <Field
        label={text.jumpAddress}
        help={text.addressHelp}
        problem={form.jump !== '' && !readSshAddress(form.jump) ? text.invalid : problemAt('jump.host')}
        optional
        dir="ltr"
        autoComplete="off"
        value={form.jump}
        onChange={({ target }) => set({ jump: target.value })}
      />
      {form.jump !== '' && (
        <Field
          label={text.jumpPassword}
          type="password"
          autoComplete="off"
          problem={problemAt('jump.password')}
          value={form.jumpPassword}
          onChange={({ target }) => set({ jumpPassword: target.value })}
        />
      )}
    </>
  );
}
