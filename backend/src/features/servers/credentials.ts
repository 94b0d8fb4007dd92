import type { SecretName } from '../../lib/tables.ts';
import { secretRequired } from './servers.problems.ts';

export interface KeyTools {
  generateKeyPair: () => { privateKey: string; publicKey: string };
  /** Throws a Problem `server.key_*` or `server.passphrase_*`. */
  readPrivateKey: (text: string, passphrase?: string) => { type: string; publicKey: string };
}

interface Given {
  authMethod: 'password' | 'key' | 'generated';
  password?: string | undefined;
  privateKey?: string | undefined;
  passphrase?: string | null | undefined;
}

export interface Credential {
  authMethod: Given['authMethod'];
  publicKey: string | null;
  secrets: Partial<Record<'password' | 'private_key' | 'passphrase', string>>;
}

/** The secrets of a login as they are stored; each checked before anything is. */
export function readCredential(given: Given, tools: KeyTools, path = ''): Credential {
  if (given.authMethod === 'password') {
    if (given.password === undefined) throw secretRequired(`${path}password`, 'The password is missing');
    return { authMethod: 'password', publicKey: null, secrets: { password: given.password } };
  }
  if (given.authMethod === 'generated') {
    const pair = tools.generateKeyPair();
    return { authMethod: 'generated', publicKey: pair.publicKey, secrets: { private_key: pair.privateKey } };
  }
  if (given.privateKey === undefined) throw secretRequired(`${path}privateKey`, 'The private key is missing');
  const passphrase = given.passphrase ?? undefined;
  tools.readPrivateKey(given.privateKey, passphrase);
  return {
    authMethod: 'key',
    publicKey: null,
    secrets: { private_key: given.privateKey, ...(passphrase !== undefined && { passphrase }) },
  };
}

export const LOGIN_SECRETS = ['password', 'private_key', 'passphrase'] as const satisfies readonly SecretName[];
export const JUMP_SECRETS = ['jump_password', 'jump_private_key', 'jump_passphrase'] as const satisfies readonly SecretName[];
export const jumpName = (name: (typeof LOGIN_SECRETS)[number]): (typeof JUMP_SECRETS)[number] => `jump_${name}`;
