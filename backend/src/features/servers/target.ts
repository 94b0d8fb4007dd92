import type { SshTarget } from '../../lib/host.ts';
import type { SecretName } from '../../lib/tables.ts';
import { jumpName, type LOGIN_SECRETS } from './credentials.ts';
import type { serverSecrets } from './server-secrets.ts';
import { secretRequired } from './servers.problems.ts';
import type { PinnedKey, WholeServer } from './servers.store.ts';

export interface TargetParts {
  whole: WholeServer;
  envelopes: { name: SecretName; envelope: string }[];
  secrets: ReturnType<typeof serverSecrets>;
}

/** How to log in, with the secrets opened: for the SSH adapter, and for nobody else. */
export function readTarget({ whole: { server, pinned }, envelopes, secrets }: TargetParts): SshTarget {
  const destination = { serverId: server.id, host: server.host, port: server.port, username: server.username };
  const jump =
    server.jump_host === null
      ? undefined
      : { serverId: server.id, host: server.jump_host, port: server.jump_port ?? 22, username: server.jump_username ?? '' };
  const sealed = new Map(envelopes.map(({ name, envelope }) => [name, envelope]));
  const open = (name: SecretName): string | undefined => {
    const envelope = sealed.get(name);
    const to = name.startsWith('jump_') ? jump : destination;
    return envelope === undefined || to === undefined ? undefined : secrets.open(name, envelope, to);
  };
  const sudoPassword = open('sudo_password');
  return {
    ...hop(destination, pinned.server, open),
    ...(sudoPassword !== undefined && { sudoPassword }),
    ...(jump && { jump: hop(jump, pinned.jump, (name) => open(jumpName(name))) }),
  };
}

type LoginSecret = (typeof LOGIN_SECRETS)[number];

function hop(
  { host, port, username }: { host: string; port: number; username: string },
  pin: PinnedKey | undefined,
  open: (name: LoginSecret) => string | undefined,
) {
  const [password, privateKey, passphrase] = [open('password'), open('private_key'), open('passphrase')];
  return {
    host,
    port,
    username,
    auth: loginOf(password, privateKey, passphrase),
    pin: pin && { type: pin.type, sha256: pin.sha256, key: pin.key },
  };
}

function loginOf(password: string | undefined, privateKey: string | undefined, passphrase: string | undefined): SshTarget['auth'] {
  if (password !== undefined) return { password };
  if (privateKey === undefined) throw secretRequired('password', 'There is no password or key stored for this server');
  return { privateKey, ...(passphrase !== undefined && { passphrase }) };
}
