import type { ChangedServer, NewServer } from '@clawmoor/shared/servers.ts';
import type { Updateable } from 'kysely';
import type { SecretName, Tables } from '../../lib/tables.ts';
import { readCredential, type Credential, type KeyTools } from './credentials.ts';
import type { Destination } from './server-secrets.ts';
import { secretRequired } from './servers.problems.ts';
import type { WholeServer } from './servers.store.ts';

type Jump = NonNullable<NewServer['jump']>;

export interface PlannedChange {
  row: Updateable<Tables['server']>;
  destination: Destination;
  /** Host, port or user name differ: the pinned key and the old secrets mean nothing any more. */
  moved: boolean;
  credential: Credential | undefined;
  jump: Jump | null | undefined;
  jumpCredential: Credential | undefined;
  dropped: SecretName[];
}

interface ChangeParts {
  whole: WholeServer;
  body: ChangedServer;
  keys: KeyTools;
  /** The key that is stored: needed when its passphrase alone changes. */
  storedKey: string | undefined;
}

/** What a change means for the row, its secrets and its pin. */
export function planChange({ whole: { server }, body, keys, storedKey }: ChangeParts): PlannedChange {
  const destination = {
    serverId: server.id,
    host: body.host ?? server.host,
    port: body.port ?? server.port,
    username: body.username ?? server.username,
  };
  const moved = destination.host !== server.host || destination.port !== server.port || destination.username !== server.username;
  const credential = changedCredential({ body, moved, current: server.auth_method, keys, storedKey });
  const { jump } = body;
  const forgetSudo = body.sudoPassword === null || (moved && body.sudoPassword === undefined);
  const { host, port, username } = destination;
  return {
    destination,
    moved,
    credential,
    jump,
    jumpCredential: jump ? readCredential(jump, keys, 'jump.') : undefined,
    dropped: forgetSudo ? ['sudo_password'] : [],
    row: {
      host,
      port,
      username,
      ...(body.name !== undefined && { name: body.name }),
      ...(body.tags !== undefined && { tags: JSON.stringify(body.tags) }),
      ...(credential && { auth_method: credential.authMethod, public_key: credential.publicKey }),
      ...(jump !== undefined && { jump_host: jump?.host ?? null, jump_port: jump?.port ?? null, jump_username: jump?.username ?? null }),
    },
  };
}

interface CredentialChange extends Pick<ChangeParts, 'body' | 'keys' | 'storedKey'> {
  moved: boolean;
  current: 'password' | 'key' | 'generated';
}

/** A generated pair is made anew for another destination: its private half was bound to the old one. */
function changedCredential({ body, moved, current, keys, storedKey }: CredentialChange): Credential | undefined {
  const { password, privateKey, passphrase } = body;
  const authMethod = body.authMethod ?? methodOf(body) ?? current;
  const given = authMethod === 'password' ? password : authMethod === 'key' ? privateKey : undefined;
  if (given === undefined && !moved && authMethod === current) {
    if (authMethod !== 'key' || passphrase === undefined) return undefined;
    return readCredential({ authMethod, privateKey: storedKey, passphrase }, keys);
  }
  if (given === undefined && moved && authMethod !== 'generated') {
    throw secretRequired(
      authMethod === 'password' ? 'password' : 'privateKey',
      'Another host, port or user name needs the password or key again',
    );
  }
  return readCredential({ authMethod, password, privateKey, passphrase }, keys);
}

/** Who gives one secret and names no method means that one. */
function methodOf({ password, privateKey }: ChangedServer): 'password' | 'key' | undefined {
  if (password !== undefined && privateKey === undefined) return 'password';
  return privateKey !== undefined && password === undefined ? 'key' : undefined;
}
