import type { Role } from '@clawmoor/shared/route.ts';
import type { ChangedServer, NewServer, Server } from '@clawmoor/shared/servers.ts';
import type { Transaction } from 'kysely';
import type { Caller } from '../../lib/caller.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Prober, SshTarget } from '../../lib/host.ts';
import type { MakeId } from '../../lib/id.ts';
import type { Sealer } from '../../lib/sealer.ts';
import type { Database, SecretName, Tables } from '../../lib/tables.ts';
import { planChange } from './change.ts';
import { JUMP_SECRETS, jumpName, LOGIN_SECRETS, readCredential, type Credential, type KeyTools } from './credentials.ts';
import { serverSecrets, type Destination } from './server-secrets.ts';
import { builtIn, changedMeanwhile, hostKeyNotSeen, limitReached, serverNotFound } from './servers.problems.ts';
import { serversStore, type ServerRow, type WholeServer } from './servers.store.ts';
import { readTarget } from './target.ts';
import { testLimit } from './test-limit.ts';
import { testServer } from './test-server.ts';
import { serverView } from './view.ts';

const MOST_PER_PERSON = 100;

export interface ServersParts {
  db: Database;
  sealer: Sealer;
  clock: Clock;
  makeId: MakeId;
  prober: Prober;
  keys: KeyTools;
  /** Refuses a literal address that may not be dialled; throws `server.host_not_allowed`. */
  checkHost: (host: string, port: number) => void;
  addOwner: (trx: Transaction<Tables>, serverId: string, userId: string) => Promise<unknown>;
  /** How to log in has changed: open connections belong to the past. */
  onChanged: (serverId: string) => void;
  /** The server is about to be forgotten: ends its tasks, sockets and connections first. */
  onGone: (serverId: string) => Promise<void>;
  /** It is forgotten, and with it everybody's rights on it. */
  onRemoved: (serverId: string) => void;
}

export interface HostKeyChoice {
  sha256: string;
  hop: 'server' | 'jump';
  by: string;
  confirm: () => Promise<void>;
}

export type Servers = ReturnType<typeof createServers>;

/** The servers that people have added: where they are, how to log in, whether we can. */
export function createServers({
  db,
  sealer,
  clock,
  makeId,
  prober,
  keys,
  checkHost,
  addOwner,
  onChanged,
  onGone,
  onRemoved,
}: ServersParts) {
  const store = serversStore(db);
  const secrets = serverSecrets(sealer);
  const countTest = testLimit(clock);

  async function mustGet(id: string): Promise<WholeServer> {
    const whole = await store.get(id);
    if (!whole) throw serverNotFound();
    return whole;
  }

  const sealAll = (texts: Partial<Record<SecretName, string>>, destination: Destination) =>
    (Object.entries(texts) as [SecretName, string][]).map(([name, text]) =>
      store.putSecret(destination.serverId, name, secrets.seal(name, text, destination)),
    );

  const jumpSecrets = ({ secrets: texts }: Credential): Partial<Record<SecretName, string>> =>
    Object.fromEntries(LOGIN_SECRETS.flatMap((name) => (texts[name] === undefined ? [] : [[jumpName(name), texts[name]]])));

  async function targetOf(id: string): Promise<SshTarget> {
    return readTarget({ whole: await mustGet(id), envelopes: await store.secretsOf(id), secrets });
  }

  async function storedKeyOf(id: string): Promise<string | undefined> {
    const { auth } = await targetOf(id);
    return 'privateKey' in auth ? auth.privateKey : undefined;
  }

  return {
    list: async (userId: string): Promise<Server[]> => (await store.listOf(userId, clock.now())).map((one) => serverView(one, one.role)),
    read: async (id: string, role: Role): Promise<Server> => serverView(await mustGet(id), role),
    targetOf,
    nameOf: async (id: string): Promise<string | undefined> => (await store.get(id))?.server.name,
    kindOf: async (id: string): Promise<ServerRow['kind']> => (await mustGet(id)).server.kind,
    setState: (id: string, state: ServerRow['state']) => store.setState(id, state, clock.now()),

    /** Stores a server with its secrets sealed; the caller becomes its owner in the same transaction. */
    async add(caller: Caller, body: NewServer): Promise<Server> {
      const { jump } = body;
      const first = firstHop(body, jump);
      checkHost(first.host, first.port);
      const credential = readCredential(body, keys);
      const jumpCredential = jump ? readCredential(jump, keys, 'jump.') : undefined;
      const now = clock.now();
      const id = makeId('srv');
      const { name, host, port, username, tags, sudoPassword } = body;
      await store.inOneGo(
        async (trx) => {
          if ((await serversStore(trx).ownedBy(caller.userId)) >= MOST_PER_PERSON) throw limitReached(MOST_PER_PERSON);
        },
        store.insert({
          id,
          name,
          host,
          port,
          username,
          tags: JSON.stringify(tags),
          auth_method: credential.authMethod,
          public_key: credential.publicKey,
          jump_host: jump?.host ?? null,
          jump_port: jump?.port ?? null,
          jump_username: jump?.username ?? null,
          state_at: null,
          created_at: now,
          updated_at: now,
        }),
        (trx) => addOwner(trx, id, caller.userId),
        ...sealAll(
          { ...credential.secrets, ...(sudoPassword !== undefined && { sudo_password: sudoPassword }) },
          { serverId: id, host, port, username },
        ),
        ...(jump && jumpCredential ? sealAll(jumpSecrets(jumpCredential), { ...jump, serverId: id }) : []),
      );
      return serverView(await mustGet(id), 'owner');
    },

    /** Throws `server.secret_required` when host, port, user name or the kind of login changes without its secret. */
    async change(id: string, role: Role, body: ChangedServer): Promise<Server> {
      const whole = await mustGet(id);
      if (whole.server.kind === 'trial') throw builtIn();
      const storedKey = body.passphrase === undefined ? undefined : await storedKeyOf(id);
      const { row, destination, moved, credential, jump, jumpCredential, dropped } = planChange({ whole, body, keys, storedKey });
      const first = firstHop(destination, jump === undefined ? jumpOf(whole.server) : jump);
      if (moved || jump !== undefined) checkHost(first.host, first.port);
      const done = await store.ifUnmoved(
        whole.server,
        store.update(id, { ...row, updated_at: clock.now(), ...(moved && { state: 'unknown', state_at: null }) }),
        store.dropSecrets(id, [...dropped, ...(credential ? LOGIN_SECRETS : []), ...(jump === undefined ? [] : JUMP_SECRETS)]),
        ...(credential ? sealAll(credential.secrets, destination) : []),
        ...(typeof body.sudoPassword === 'string' ? sealAll({ sudo_password: body.sudoPassword }, destination) : []),
        ...(jump && jumpCredential ? sealAll(jumpSecrets(jumpCredential), { ...jump, serverId: id }) : []),
        ...(moved ? [store.dropKeys(id, 'server')] : []),
        ...(jump === undefined ? [] : [store.dropKeys(id, 'jump')]),
      );
      if (!done) throw changedMeanwhile();
      onChanged(id);
      return serverView(await mustGet(id), role);
    },

    /** What stands on the machine stays; everything here about it goes. */
    async remove(id: string): Promise<void> {
      const { server } = await mustGet(id);
      if (server.kind === 'trial') throw builtIn();
      await onGone(id);
      await store.remove(id);
      onRemoved(id);
    },

    /** Throws `request.too_many` when the address was tested too often, whoever did it. */
    async test(id: string, signal: AbortSignal) {
      const whole = await mustGet(id);
      const { host, port } = firstHop(whole.server, jumpOf(whole.server));
      countTest(`${host} ${port}`);
      return testServer({ whole, target: await targetOf(id), prober, store, clock, signal });
    },

    /**
     * Trusts the key that the last test has shown. Throws `server.host_key_not_seen` for any other. `confirm` is asked before
     * a pinned key is replaced; it throws `auth.step_up_required`.
     */
    async pinHostKey(id: string, { sha256, hop, by, confirm }: HostKeyChoice): Promise<Server> {
      const { pinned, server } = await mustGet(id);
      if (server.kind === 'trial') throw builtIn();
      if (pinned[hop]?.sha256 !== sha256) {
        const seen = await store.seenKey(id, hop);
        if (seen?.sha256 !== sha256) throw hostKeyNotSeen();
        if (pinned[hop]) await confirm();
        const { type, key } = seen;
        await store.inOneGo(store.putKey(id, hop, 'pinned', { type, sha256, key }, clock.now(), by));
        onChanged(id);
      }
      return serverView(await mustGet(id), 'owner');
    },
  };
}

interface Hop {
  host: string;
  port: number;
}

/** The machine that we dial ourselves: what stands behind a jump host is that host's to reach. */
const firstHop = (server: Hop, jump: Hop | null | undefined): Hop => jump ?? server;

const jumpOf = ({ jump_host: host, jump_port: port }: ServerRow): Hop | null => (host === null ? null : { host, port: port ?? 22 });
