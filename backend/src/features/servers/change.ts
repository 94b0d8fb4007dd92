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

/** What a change means for the row, its secrets and its pin. */
export function planChange({ whole: { server }, body, keys }: { whole: WholeServer; body: ChangedServer; keys: KeyTools }): PlannedChange {
  const destination = {
    serverId: server.id,
    host: body.host ?? server.host,
    port: body.port ?? server.port,
    username: body.username ?? server.username,
  };
  const moved = destination.host !== server.host || destination.port !== server.port || destination.username !== server.username;
  const credential = changedCredential({ body, moved, current: server.auth_method, keys });
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

interface CredentialChange {
  body: ChangedServer;
  moved: boolean;
  current: 'password' | 'key' | 'generated';
  keys: KeyTools;
}

/** A generated pair is made anew for another destination: its private half was bound to the old one. */
function changedCredential({ body, moved, current, keys }: CredentialChange): Credential | undefined {
  const authMethod = body.authMethod ?? current;
  const given = body.password !== undefined || body.privateKey !== undefined;
  if (!moved && !given && authMethod === current) return undefined;
  if (moved && authMethod !== 'generated' && !given) {
    throw secretRequired(
      authMethod === 'password' ? 'password' : 'privateKey',
      'Another host, port or user name needs the password or key again',
    );
  }
  return readCredential({ authMethod, password: body.password, privateKey: body.privateKey, passphrase: body.passphrase }, keys);
}
