import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { TESTED_UP_TO } from '../../backend/src/adapters/openclaw/tested.ts';
import { startFakeNpm, type Fault } from './fake-npm.ts';
import { startGatewayWorld, type GatewayWorld } from './gateway-world.ts';
import { installed } from './openclaw.ts';

export interface SupervisedUpdate {
  world: GatewayWorld;
  inHome: (...path: string[]) => string;
  begin: (version: string) => Promise<string>;
  agents: () => Promise<string[]>;
  /** The updates whose folders lie on the server. */
  folders: () => string[];
  /** Where the script of the last one stands; an empty text before it has begun. */
  phase: () => string;
  untilPhase: (taskId: string, phase: string) => Promise<void>;
  [Symbol.asyncDispose]: () => Promise<void>;
}

/** A real gateway that our supervisor keeps running, installed as npm does, and a registry in which newer versions are all bad. */
export async function startSupervisedUpdate(versions: Record<string, Fault>): Promise<SupervisedUpdate> {
  const registryOfOurs = process.env['npm_config_registry'];
  const [npm, modules] = [await startFakeNpm(versions), join(await installed(TESTED_UP_TO), '../..')];
  process.env['npm_config_registry'] = `http://127.0.0.1:${npm.port}/`;
  const world = await startGatewayWorld({ overrides: { updateLimits: { readySeconds: 60 } } });
  const inHome = (...path: string[]): string => join(world.sshd.home, ...path);
  await writeFile(inHome('.npmrc'), `registry=http://127.0.0.1:${npm.port}/\n`);
  // As `npm install --global --prefix ~/.npm-global` leaves it. A copy, not links: nothing may write into what all tests share.
  for (const folder of ['.npm-global/lib', '.npm-global/bin', '.local/bin']) mkdirSync(inHome(folder), { recursive: true });
  execFileSync('cp', ['-a', modules, inHome('.npm-global/lib/node_modules')]);
  symlinkSync('../lib/node_modules/openclaw/openclaw.mjs', inHome('.npm-global/bin/openclaw'));
  symlinkSync(inHome('.npm-global/bin/openclaw'), inHome('.local/bin/openclaw'));
  symlinkSync(process.execPath, inHome('.local/bin/node'));
  symlinkSync(execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim(), inHome('.local/bin/npm'));
  await world.supervise({ launcher: false }).catch(async (error: unknown) => {
    await world[Symbol.asyncDispose]();
    throw error;
  });

  const updates = inHome('.clawmoor/openclaw-updates');
  const folders = (): string[] => (existsSync(updates) ? readdirSync(updates).filter((name) => name !== 'lock') : []);
  const phase = (): string => {
    const file = join(updates, folders().at(-1) ?? 'none', 'phase');
    return existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  };
  return {
    world,
    inHome,
    folders,
    phase,
    async begin(version) {
      const { status, body, text } = await world.admin.post(`${world.at}/update`, { version });
      if (status !== 202) throw new Error(`the update answered ${status}: ${text}`);
      return body.taskId;
    },
    agents: async () => (await world.owner.get(`${world.at}/agents`)).body.agents.map(({ id }: { id: string }) => id),
    async untilPhase(taskId, wanted) {
      while (phase() !== wanted) {
        const { state, error } = (await world.admin.get(`/tasks/${taskId}`)).body;
        if (state !== 'queued' && state !== 'running')
          throw new Error(`it ended before it was ${wanted}: ${state} ${JSON.stringify(error)}`);
        await delay(10);
      }
    },
    async [Symbol.asyncDispose]() {
      if (registryOfOurs === undefined) delete process.env['npm_config_registry'];
      else process.env['npm_config_registry'] = registryOfOurs;
      await world[Symbol.asyncDispose]();
      await npm[Symbol.asyncDispose]();
    },
  };
}
