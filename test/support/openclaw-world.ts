import type { Overrides } from '../../backend/src/world.ts';
import type { TestWorld } from './world.ts';
import { startWorld, type Person } from './world.ts';
import { startModelServer, type ModelServer } from './model-server.ts';
import { startOpenclaw, type TestOpenclaw } from './openclaw.ts';
import { startSshd, type TestSshd } from './sshd.ts';

export interface OpenclawWorld {
  test: TestWorld;
  sshd: TestSshd;
  openclaw: TestOpenclaw;
  model: ModelServer;
  owner: Person;
  viewer: Person;
  stranger: Person;
  /** The server's own operations of OpenClaw: `/servers/<id>/openclaw`. */
  base: string;
  serverId: string;
  [Symbol.asyncDispose]: () => Promise<void>;
}

/** The whole backend with one server: a real sshd, behind which the real OpenClaw runs, with its owner, a viewer and a stranger. */
export async function startOpenclawWorld({
  env = {},
  overrides = {},
}: { env?: Record<string, string>; overrides?: Overrides } = {}): Promise<OpenclawWorld> {
  const [sshd, model, test] = await Promise.all([startSshd(), startModelServer(), startWorld({ overrides })]);
  const openclaw = await startOpenclaw({ home: sshd.home, modelPort: model.port, env });
  const [owner, viewer, stranger] = [await test.person(1, 'Ann'), await test.person(2, 'Ben'), await test.person(3, 'Cyd')];
  const serverId = await addServer(owner, sshd);
  await test.grant(serverId, viewer.id, 'viewer');
  return {
    test,
    sshd,
    openclaw,
    model,
    owner,
    viewer,
    stranger,
    serverId,
    base: `/servers/${serverId}/openclaw`,
    async [Symbol.asyncDispose]() {
      await test[Symbol.asyncDispose]();
      await openclaw[Symbol.asyncDispose]();
      await Promise.all([sshd[Symbol.asyncDispose](), model[Symbol.asyncDispose]()]);
    },
  };
}

/** Adds the sshd as a server of that person, its host key looked at and pinned. Answers the server's id. */
export async function addServer(owner: Person, sshd: TestSshd): Promise<string> {
  const { host, port, username, auth } = sshd.target;
  if (!('privateKey' in auth)) throw new Error('the test sshd takes keys only');
  const { privateKey } = auth;
  const added = await owner.post('/servers', { name: 'deck', host, port, username, authMethod: 'key', privateKey });
  const seen = await owner.post(`/servers/${added.body.id}/test`, {});
  const pinned = await owner.post(`/servers/${added.body.id}/host-key`, { sha256: seen.body.hostKey.sha256 });
  if (pinned.status >= 300) throw new Error(`The host key was not pinned: ${pinned.text}`);
  return added.body.id;
}
