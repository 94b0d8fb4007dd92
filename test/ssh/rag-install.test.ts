import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeIf } from '../support/needs.ts';
import { addServer } from '../support/openclaw-world.ts';
import { buildRagdFor, ended, endSupervisedRagd, putNode } from '../support/rag-world.ts';
import { SSHD, startSshd, type TestSshd } from '../support/sshd.ts';
import { startWorld, type Person, type TestWorld } from '../support/world.ts';

const SLOW_MS = 240_000;

describeIf(SSHD !== undefined, 'it needs sshd')('Installing the document search over a real sshd', () => {
  let [test, sshd, owner] = [] as unknown as [TestWorld, TestSshd, Person];
  let bundle: Awaited<ReturnType<typeof buildRagdFor>>;
  let serverId = '';
  const dist = mkdtempSync(join(tmpdir(), 'clawmoor-ragd-dist-'));
  const install = () => owner.post(`/servers/${serverId}/rag/install`);
  const health = async () => (await owner.get(`/servers/${serverId}/rag/health`)).body;

  beforeAll(async () => {
    bundle = await buildRagdFor();
    cpSync(bundle.folder, dist, { recursive: true });
    [test, sshd] = await Promise.all([startWorld({ overrides: { ragdBundles: dist } }), startSshd()]);
    putNode(sshd.home);
    owner = await test.person(1, 'Ann');
    serverId = await addServer(owner, sshd);
    // As the local trial: everything below the home folder, under our own supervisor.
    await test.world.db.updateTable('server').set({ kind: 'trial' }).where('id', '=', serverId).execute();
  }, SLOW_MS);
  afterAll(async () => {
    await endSupervisedRagd(sshd.home);
    await test[Symbol.asyncDispose]();
    await sshd[Symbol.asyncDispose]();
    bundle[Symbol.dispose]();
    rmSync(dist, { recursive: true, force: true });
  });

  it(
    'goes from nothing to a service that has read and found a document; a second time it skips what is true',
    async () => {
      expect(await health()).toMatchObject({ installed: false, running: false, offered: bundle.version });
      await ended(owner, await install());
      expect(await health()).toMatchObject({ installed: true, running: true, version: bundle.version, kind: 'supervised', agents: 0 });
      const again = await ended(owner, await install());
      const states = Object.fromEntries(again.steps.map(({ key, state }) => [key, state]));
      expect(states).toMatchObject({ node: 'skipped', copy: 'skipped', start: 'skipped', token: 'skipped' });
    },
    SLOW_MS,
  );
});
