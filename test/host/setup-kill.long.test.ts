import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startKilledMain, type KilledMain } from '../support/killed-main.ts';
import { startModelServer, type ModelServer } from '../support/model-server.ts';
import { describeIf } from '../support/needs.ts';
import { addServer, finished, statesOf } from '../support/setup.ts';
import { startDebianHost, whyNoDebianHosts, type DebianHost } from './debian.ts';

const why = whyNoDebianHosts();
const SETUPS = 6;
const GATEWAY = '10.214.61.1';

/** Notes every start of a script that outlives the connection: which run, by which process, since when. */
const WITNESS = `cd /home/admin; : >starts; chmod 666 starts
nohup setsid sh -c 'while :; do for f in .clawmoor/runs/*/pid; do read -r p s <$f 2>/dev/null && echo "$f $p $s"; done | sort -u - starts -o starts; sleep 0.1; done' >/dev/null 2>&1 </dev/null &`;

describeIf(why === undefined, `a real Debian server: ${why}`)('A setup, while the whole backend is killed again and again', () => {
  let model: ModelServer;
  let main: KilledMain;
  let host: DebianHost | undefined;
  beforeAll(async () => {
    [model, main] = await Promise.all([startModelServer(), startKilledMain()]);
  });
  afterAll(async () => {
    for (const each of [main, host, model]) await each?.[Symbol.asyncDispose]();
  });

  async function killUntilOver(taskId: string) {
    let open = true;
    const over = finished(main.owner, taskId).finally(() => (open = false));
    while (open) {
      await Promise.race([delay(500 + Math.random() * 7_500), over]);
      if (open) await main.killAndStart();
    }
    return over;
  }

  it(`takes ${SETUPS} bare servers to a running gateway, runs no script twice and loses nothing (R1)`, async () => {
    for (let round = 0; round < SETUPS; round += 1) {
      host = await startDebianHost();
      const id = await addServer(main.owner, host, { authMethod: 'password', password: host.password }, 'admin');
      await host.exec(WITNESS, 'root');
      const provider = {
        kind: 'openai-compatible',
        baseUrl: `http://${GATEWAY}:${model.port}/v1`,
        model: 'test-model',
        apiKey: 'sk-canary-1',
      };
      const key = { 'Idempotency-Key': `setup-${round}` };
      const submit = () => main.owner.post(`/servers/${id}/setup/run`, { provider, agent: { name: 'Harbour' } }, key);
      let { taskId } = (await submit()).body;
      const first = taskId;
      let task = await killUntilOver(taskId);
      // Six restarts within one step are enough for one task: a person repeats it.
      for (let retries = 0; task.state === 'interrupted' && retries < 5; retries += 1) {
        const again = await main.owner.post(`/tasks/${taskId}/retry`, { secrets: { apiKey: provider.apiKey } });
        expect(again.status, again.text).toBe(202);
        ({ taskId } = again.body);
        task = await killUntilOver(taskId);
      }
      const log = (await main.owner.get(`/tasks/${taskId}/log?limit=1000`)).body.lines as { text: string; seq: number }[];
      expect(
        [task.state, task.error],
        log
          .map(({ text }) => text)
          .slice(-40)
          .join('\n'),
      ).toEqual(['succeeded', null]);
      expect(Object.values(statesOf(task)).every((state) => state === 'succeeded' || state === 'skipped')).toBe(true);
      expect((await submit()).body.taskId, 'the same submit after all of that').toBe(first);

      const starts = (await host.exec('cat /home/admin/starts', 'root')).trim().split('\n');
      const runs = starts.map((line) => /^\.clawmoor\/runs\/(?:tsk_\w+-)?([^/]+)\/pid /.exec(line)?.[1] ?? line);
      expect(runs.length, starts.join('\n')).toBeGreaterThanOrEqual(4);
      expect(runs.toSorted(), starts.join('\n')).toEqual([...new Set(runs)].toSorted());
      const agents = await main.owner.get(`/servers/${id}/openclaw/agents`);
      expect(agents.body.agents, agents.text).toEqual([expect.objectContaining({ id: 'main', name: 'Harbour' })]);
      expect(await main.damage()).toEqual([]);
      await host[Symbol.asyncDispose]();
      host = undefined;
    }
    process.stdout.write(`${main.kills()} kills in ${SETUPS} setups\n`);
    expect(main.kills()).toBeGreaterThanOrEqual(SETUPS * 5);
  }, 2_400_000);
});
