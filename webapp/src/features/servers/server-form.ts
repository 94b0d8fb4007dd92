import type { NewServer } from '@clawmoor/shared/servers.ts';
import { readSshAddress } from '@clawmoor/shared/ssh-address.ts';

export type AuthMethod = NewServer['authMethod'];

/** What the form of a new server holds, as typed. */
export interface ServerForm {
  address: string;
  name: string;
  tags: string;
  authMethod: AuthMethod;
  privateKey: string;
  passphrase: string;
  password: string;
  sudoPassword: string;
  jump: string;
  jumpPassword: string;
}

export const EMPTY_FORM: ServerForm = {
  address: '',
  name: '',
  tags: '',
  authMethod: 'generated',
  privateKey: '',
  passphrase: '',
  password: '',
  sudoPassword: '',
  jump: '',
  jumpPassword: '',
};

/** Never the key, a passphrase or a password. */
export const withoutSecrets = ({ address, name, tags, authMethod, jump }: ServerForm): Partial<ServerForm> => ({
  address,
  name,
  tags,
  authMethod,
  jump,
});

/** `undefined` while something that is needed is missing. */
export function bodyOf(form: ServerForm): NewServer | undefined {
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
    tags: tagsOf(form.tags),
    ...(form.authMethod === 'password' && { password: form.password }),
    ...(form.authMethod === 'key' && { privateKey: form.privateKey, ...(form.passphrase !== '' && { passphrase: form.passphrase }) }),
    ...(form.sudoPassword !== '' && { sudoPassword: form.sudoPassword }),
    ...(jump && { jump: { ...jump, authMethod: 'password', password: form.jumpPassword } }),
  };
}

const tagsOf = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
  ),
];
