import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Task } from '@clawmoor/shared/tasks.ts';
import { startDebianHost, type DebianHost } from '../host/debian.ts';
import { startModelServer, type ModelServer } from './model-server.ts';
import { addServer, finished } from './setup.ts';
import { startWorld, type Person, type TestWorld } from './world.ts';

export const BRIDGE = '10.214.61.1';

export interface UpdateHost {
  host: DebianHost;
  test: TestWorld;
  owner: Person;
  id: string;
  /** Begins an update and answers its task's id. */
  begin: (version: string) => Promise<string>;
  update: (version: string) => Promise<Task>;
  logOf: (taskId: string) => Promise<string>;
  /** Waits until the script on the server is in one of these phases. */
  untilPhase: (...phases: string[]) => Promise<string>;
  /** Which registry npm uses on the server and here; `undefined`: the usual one. */
  useRegistry: (port: number | undefined) => Promise<void>;
  /** Asks the gateway itself: version, agents, configuration. */
  asked: () => Promise<{ version: string; agents: string[]; hash: string }>;
  /** That the gateway works as `version`, with the agents of before, and that nothing is left half. */
  expectWorking: (version: string, agents?: string[]) => Promise<void>;
  [Symbol.asyncDispose]: () => Promise<void>;
}

export const AGENTS = ['helper', 'main'];
const PATH_LINE = 'PATH=$HOME/.local/bin:$HOME/.clawmoor/node/bin:$PATH';

/** A real Debian server, set up by the wizard with a version of OpenClaw, and two agents. */
export async function startUpdateHost({ version, disk }: { version: string; disk?: string }): Promise<UpdateHost> {
  const [host, test, model]: [DebianHost, TestWorld, ModelServer] = await Promise.all([
    startDebianHost(disk === undefined ? {} : { disk }),
    startWorld({ overrides: { updateLimits: { readySeconds: 90, judgeSeconds: 15 } } }),
    startModelServer(),
  ]);
  const owner = await test.person(101, 'Olga');
  const id = await addServer(owner, host, { authMethod: 'key', privateKey: host.privateKey }, 'admin');
  const provider = { kind: 'openai-compatible', baseUrl: `http://${BRIDGE}:${model.port}/v1`, model: 'test-model' };
  const setup = await finished(owner, (await owner.post(`/servers/${id}/setup/run`, { provider, version })).body.taskId);
  expect(setup.error).toBeNull();
  const made = await owner.post(`/servers/${id}/openclaw/agents`, { id: 'helper' });
  expect(made.status, made.text).toBe(201);
  const npmrc = await host.exec('cat ~/.npmrc 2>/dev/null; :');
  const registryOfOurs = process.env['npm_config_registry'];

  const begin = async (wanted: string): Promise<string> => {
    const begun = await owner.post(`/servers/${id}/openclaw/update`, { version: wanted });
    // A test that failed may have left its update on its way.
    if (begun.body.code === 'task.lane_busy') {
      await finished(owner, begun.body.taskId);
      return begin(wanted);
    }
    expect(begun.status, begun.text).toBe(202);
    return begun.body.taskId;
  };
  const useRegistry = async (port: number | undefined): Promise<void> => {
    if (port !== undefined) process.env['npm_config_registry'] = `http://127.0.0.1:${port}/`;
    else if (registryOfOurs === undefined) delete process.env['npm_config_registry'];
    else process.env['npm_config_registry'] = registryOfOurs;
    const lines = port === undefined ? npmrc : `registry=http://${BRIDGE}:${port}/\n`;
    await host.exec(`printf '%s' '${lines}' >~/.npmrc`);
  };
  const asked = async () => {
    const status = await owner.get(`/servers/${id}/openclaw/status`);
    const agents = await owner.get(`/servers/${id}/openclaw/agents`);
    const config = await owner.get(`/servers/${id}/openclaw/config`);
    expect([status.body.state, agents.status, config.status], status.text + agents.text + config.text).toEqual(['ready', 200, 200]);
    const ids: string[] = agents.body.agents.map(({ id: name }: { id: string }) => name);
    return { version: status.body.version, agents: ids.toSorted(), hash: config.body.hash };
  };
  return {
    host,
    test,
    owner,
    id,
    begin,
    update: async (wanted) => finished(owner, await begin(wanted)),
    async logOf(taskId) {
      const { status, body, text } = await owner.get(`/tasks/${taskId}/log?limit=1000`);
      return status === 200 ? body.lines.map((line: { text: string }) => line.text).join('\n') : `the log answered ${status}: ${text}`;
    },
    async untilPhase(...phases) {
      for (let tries = 0; tries < 600; tries++) {
        const phase = (await host.exec('cat ~/.clawmoor/openclaw-updates/*/phase 2>/dev/null | tail -n 1; :')).trim();
        if (phases.includes(phase)) return phase;
        await delay(100);
      }
      throw new Error(`no phase ${phases.join(', ')}`);
    },
    useRegistry,
    asked,
    async expectWorking(wanted, agents = AGENTS) {
      const health = await owner.get(`/servers/${id}/setup/verify-health?wait=60`);
      expect(health.body, health.text).toMatchObject({ ok: true });
      const now = await asked();
      expect([now.version, now.agents]).toEqual([wanted, agents]);
      expect(await host.exec(`${PATH_LINE}; openclaw --version`)).toContain(wanted);
      const unit = 'openclaw-gateway';
      const ask = `S="systemctl --user"; [ -f /etc/systemd/system/${unit}.service ] && S=systemctl; $S is-active ${unit}; $S is-enabled ${unit}`;
      expect(await host.exec(ask)).toBe('active\nenabled\n');
      expect(await host.exec('ls -d ~/.openclaw.before-* ~/.clawmoor/openclaw-updates/*/new 2>/dev/null; :'), 'nothing half is left').toBe(
        '',
      );
    },
    async [Symbol.asyncDispose]() {
      await useRegistry(undefined).catch(() => {});
      await test[Symbol.asyncDispose]();
      await host[Symbol.asyncDispose]();
      await model[Symbol.asyncDispose]();
    },
  };
}
