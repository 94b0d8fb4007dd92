import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeIf } from '../support/needs.ts';
import { packageRelease } from '../support/release.ts';
import { productionEnvironment } from '../support/world.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
const TOOLS = ['/usr/bin/buildah', '/usr/bin/docker-compose', '/usr/bin/mmdebstrap'];
const missing = process.getuid?.() === 0 ? TOOLS.filter((path) => !existsSync(path)).join(', ') : 'root';
const BUILD_TIMEOUT_MS = 300_000;
const READY_WITHIN_MS = 60_000;

/** The process of Node that a process has started, however many lie between. */
function nodeBelow(ancestor: number): number {
  const rows = execFileSync('ps', ['-e', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((row) => row !== null)
    .map(([, pid, parent, words]) => ({ pid: Number(pid), parent: Number(parent), words: words ?? '' }));
  const below = (pid: number): typeof rows => rows.filter(({ parent }) => parent === pid).flatMap((row) => [row, ...below(row.pid)]);
  const found = below(ancestor).find(({ words }) => words.startsWith('/opt/clawmoor/runtime/bin/node'));
  if (!found) throw new Error('no Node runs in the container');
  return found.pid;
}

/** No registry of images is asked: the base is a Debian root file system made here. */
describeIf(missing === '', `containers: it needs ${missing}`)('The container', () => {
  const dir = mkdtempSync(join(tmpdir(), 'clawmoor-container-'));
  const storage = ['--root', join(dir, 'images'), '--runroot', join(dir, 'run'), '--storage-driver', 'vfs'];
  let service: ChildProcess | undefined;

  const buildah = async (...words: string[]): Promise<string> => {
    const env = { ...process.env, BUILDAH_ISOLATION: 'chroot' };
    return (await run('buildah', [...storage, ...words], { env, timeout: BUILD_TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 })).stdout.trim();
  };

  beforeAll(async () => {
    const context = join(dir, 'context');
    packageRelease(join(context, 'dist'));
    mkdirSync(join(context, 'deploy'));
    cpSync(join(ROOT, 'deploy'), join(context, 'deploy'), { recursive: true });
    copyFileSync(join(ROOT, '.dockerignore'), join(context, '.dockerignore'));
    execFileSync('mmdebstrap', ['--variant=apt', '--quiet', 'bookworm', join(dir, 'base.tar')], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const base = await buildah('from', 'scratch');
    await buildah('add', base, join(dir, 'base.tar'), '/');
    await buildah('commit', '--quiet', base, 'localhost/base');
    const words = ['--format', 'docker', '--pull-never', '--build-arg', 'BASE=localhost/base', '-f', join(context, 'deploy/Dockerfile')];
    await buildah('bud', ...words, '-t', 'localhost/clawmoor', context);
  }, BUILD_TIMEOUT_MS);
  afterAll(async () => {
    service?.kill('SIGTERM');
    await buildah('rm', '--all').catch(() => '');
    rmSync(dir, { recursive: true, force: true });
  });

  it('is no root, names its volume, and says whether it is well', async () => {
    const { Docker } = JSON.parse(await buildah('inspect', '--type', 'image', 'localhost/clawmoor'));
    expect(Docker.config).toMatchObject({ User: '10001:10001', Volumes: { '/data': {} }, ExposedPorts: { '3000/tcp': {} } });
    expect(Docker.config.Healthcheck.Test.join(' ')).toContain('healthcheck.mjs');
    expect(JSON.stringify(Docker), 'no secret is built in').not.toMatch(/JWT_SECRET|ENCRYPTION_KEY|TOKEN/);
  });

  it('runs for real: answers, is well by its own check, cannot write to its program, and stops politely', async () => {
    const container = await buildah('from', '--pull-never', 'localhost/clawmoor');
    const port = '39417';
    const settings = { ...productionEnvironment, PORT: port, HOST: '127.0.0.1', TELEGRAM_API_ROOT: 'http://127.0.0.1:1' };
    const envs = Object.entries(settings).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
    const node = '/opt/clawmoor/runtime/bin/node';
    service = spawn(
      'buildah',
      [...storage, 'run', '--isolation', 'chroot', ...envs, container, '--', node, '/opt/clawmoor/backend/dist/main.mjs'],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const ready = new Promise<string>((resolve, reject) => {
      service?.stdout?.once('data', (line: Buffer) => resolve(String(line)));
      service?.once('exit', (code) => reject(new Error(`it ended with ${code}`)));
      setTimeout(() => reject(new Error('it did not start')), READY_WITHIN_MS).unref();
    });
    expect(await ready).toContain('Clawmoor is ready');
    const inside = (...words: string[]): Promise<string> => buildah('run', '--isolation', 'chroot', ...envs, container, '--', ...words);
    await inside(node, '/opt/clawmoor/deploy/healthcheck.mjs');
    expect(await inside('id', '-u')).toBe('10001');
    await expect(inside('touch', '/opt/clawmoor/backend/dist/main.mjs')).rejects.toThrow(/Permission denied|Read-only/);
    const stopped = new Promise((resolve) => service?.removeAllListeners('exit').once('exit', resolve));
    process.kill(nodeBelow(service?.pid ?? 0), 'SIGTERM');
    service = undefined;
    expect(await stopped).toBe(0);
  });

  it('stands in a compose file that the real program takes, with nothing writable but its volume and /tmp', async () => {
    const folder = join(dir, 'compose/deploy');
    mkdirSync(folder, { recursive: true });
    cpSync(join(ROOT, 'deploy/compose.yaml'), join(folder, 'compose.yaml'));
    writeFileSync(
      join(folder, '.env'),
      Object.entries(productionEnvironment)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
    const { stdout } = await run('docker-compose', ['-f', 'compose.yaml', 'config'], { cwd: folder });
    expect(stdout).toContain('read_only: true');
    expect(stdout).toContain(`APP_DOMAIN: ${productionEnvironment.APP_DOMAIN}`);
    expect(stdout).toMatch(/cap_drop:\s+- ALL/);
    expect(stdout.match(/published: /g)?.length ?? stdout.match(/- \d+:\d+/g)?.length, 'only Caddy is published').toBe(2);
    rmSync(join(folder, '.env'));
    await expect(run('docker-compose', ['-f', 'compose.yaml', 'config'], { cwd: folder })).rejects.toThrow(/APP_DOMAIN|\.env/);
  });
});
