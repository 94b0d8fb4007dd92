import { useState } from 'react';
import { useLocation } from 'wouter';
import type { NewServer } from '@clawmoor/shared/servers.ts';
import { ApiError } from '../../api/client.ts';
import { useAddServer } from '../../api/server-queries.ts';
import { useClosingConfirmation } from '../../telegram/controls.ts';
import { Choice, Field } from '../../ui/field.tsx';
import { Failed, Screen } from '../../ui/parts.tsx';
import { words } from '../../words/words.ts';
import { readSshAddress } from './ssh-address.ts';

const text = words.addServer;

type AuthMethod = NewServer['authMethod'];

interface Form {
  address: string;
  name: string;
  authMethod: AuthMethod;
  privateKey: string;
  passphrase: string;
  password: string;
  sudoPassword: string;
  jump: string;
  jumpPassword: string;
}

const EMPTY: Form = {
  address: '',
  name: '',
  authMethod: 'generated',
  privateKey: '',
  passphrase: '',
  password: '',
  sudoPassword: '',
  jump: '',
  jumpPassword: '',
};

export function AddServer() {
  const [form, setForm] = useState(EMPTY);
  const [touched, setTouched] = useState(false);
  const add = useAddServer();
  const [, go] = useLocation();
  useClosingConfirmation(form !== EMPTY && !add.isSuccess);
  const set = (change: Partial<Form>): void => setForm((before) => ({ ...before, ...change }));
  const body = bodyOf(form);
  const submit = (): void => {
    setTouched(true);
    if (body) add.mutate(body, { onSuccess: ({ id }) => go(`/servers/${id}/connect`, { replace: true }) });
  };
  const problemAt = (path: string): string | undefined =>
    add.error instanceof ApiError ? add.error.issues.find((issue) => issue.path === path)?.message : undefined;
  return (
    <Screen title={text.title} back="/" main={{ text: text.submit, press: submit, busy: add.isPending, disabled: !body }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Field
          label={text.address}
          help={text.addressHelp}
          problem={
            (touched || form.address.length > 3) && form.address !== '' && !readSshAddress(form.address) ? text.invalid : problemAt('host')
          }
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
          placeholder={readSshAddress(form.address)?.host ?? ''}
          maxLength={64}
          optional
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
        {form.authMethod === 'key' && (
          <>
            <Field
              multiline
              label={text.privateKey}
              help={text.privateKeyHelp}
              problem={problemAt('privateKey')}
              value={form.privateKey}
              dir="ltr"
              onChange={({ target }) => set({ privateKey: target.value })}
            />
            <Field
              label={text.passphrase}
              type="password"
              autoComplete="off"
              optional
              value={form.passphrase}
              onChange={({ target }) => set({ passphrase: target.value })}
            />
          </>
        )}
        {form.authMethod === 'password' && (
          <Field
            label={text.passwordField}
            type="password"
            autoComplete="off"
            problem={problemAt('password')}
            value={form.password}
            onChange={({ target }) => set({ password: target.value })}
          />
        )}
        <details>
          <summary>{`${text.sudo}, ${text.jump.toLowerCase()}`}</summary>
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
        </details>
        {add.isError && <Failed error={add.error} />}
        <button type="submit" className="visually-hidden" tabIndex={-1}>
          {text.submit}
        </button>
      </form>
    </Screen>
  );
}

/** `undefined` while something that is needed is missing. */
function bodyOf(form: Form): NewServer | undefined {
  const address = readSshAddress(form.address);
  if (!address) return undefined;
  const jump = form.jump === '' ? undefined : readSshAddress(form.jump);
  if (form.jump !== '' && (!jump || form.jumpPassword === '')) return undefined;
  if (form.authMethod === 'password' && form.password === '') return undefined;
  if (form.authMethod === 'key' && form.privateKey.trim() === '') return undefined;
  return {
    ...address,
    name: form.name.trim() || address.host.slice(0, 64),
    authMethod: form.authMethod,
    tags: [],
    ...(form.authMethod === 'password' && { password: form.password }),
    ...(form.authMethod === 'key' && { privateKey: form.privateKey, ...(form.passphrase !== '' && { passphrase: form.passphrase }) }),
    ...(form.sudoPassword !== '' && { sudoPassword: form.sudoPassword }),
    ...(jump && { jump: { ...jump, authMethod: 'password', password: form.jumpPassword } }),
  };
}
