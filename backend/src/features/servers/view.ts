import * as z from 'zod/mini';
import type { Role } from '@clawmoor/shared/route.ts';
import type { Server } from '@clawmoor/shared/servers.ts';
import { iso } from '../../lib/clock.ts';
import type { PinnedKey, WholeServer } from './servers.store.ts';

const Tags = z.array(z.string());
const keyView = (row: PinnedKey | undefined) => (row ? { type: row.type, sha256: row.sha256 } : null);

/** A server as its viewer may see it: where it is and how we log in is for admin and owner only. */
export function serverView(whole: WholeServer, role: Role): Server {
  const { server, openTaskId } = whole;
  return {
    id: server.id,
    name: server.name,
    role,
    tags: Tags.parse(JSON.parse(server.tags)),
    kind: server.kind,
    state: server.state,
    stateAt: server.state_at === null ? null : iso(server.state_at),
    openTaskId,
    createdAt: iso(server.created_at),
    updatedAt: iso(server.updated_at),
    ...(role !== 'viewer' && reach(whole)),
  };
}

function reach({ server, secretNames, pinned }: WholeServer): Partial<Server> {
  const has = (name: WholeServer['secretNames'][number]): boolean => secretNames.includes(name);
  return {
    host: server.host,
    port: server.port,
    username: server.username,
    authMethod: server.auth_method,
    hasPassword: has('password'),
    hasKey: has('private_key'),
    hasPassphrase: has('passphrase'),
    hasSudoPassword: has('sudo_password'),
    ...(server.public_key !== null && { publicKey: server.public_key }),
    hostKey: keyView(pinned.server),
    jump:
      server.jump_host === null
        ? null
        : {
            host: server.jump_host,
            port: server.jump_port ?? 22,
            username: server.jump_username ?? '',
            hasPassword: has('jump_password'),
            hasKey: has('jump_private_key'),
            hostKey: keyView(pinned.jump),
          },
  };
}
