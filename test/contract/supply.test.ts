import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');
interface Locked {
  resolved?: string;
  integrity?: string;
  link?: boolean;
  inBundle?: boolean;
  dev?: boolean;
}
const { packages, lockfileVersion } = JSON.parse(read('package-lock.json')) as {
  packages: Record<string, Locked>;
  lockfileVersion: number;
};
const installed = Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && !link);
const tracked = execFileSync('git', ['ls-files', '*package.json'], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');

describe('What comes from others (S42)', () => {
  it('is locked to one version with a hash, whoever delivers it', () => {
    expect(lockfileVersion).toBe(3);
    expect(installed.length).toBeGreaterThan(100);
    expect(installed.filter(([, { integrity, inBundle }]) => !inBundle && !integrity?.startsWith('sha512-')).map(([path]) => path)).toEqual(
      [],
    );
    expect(installed.filter(([, { resolved = 'https:' }]) => !resolved.startsWith('https:')).map(([path]) => path)).toEqual([]);
  });

  it.each(tracked)('is asked for by %s in exact versions', (file) => {
    const asked = JSON.parse(read(file)) as Record<string, Record<string, string> | undefined>;
    const versions = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) => Object.entries(asked[kind] ?? {}));
    // `*` is another folder of this repository.
    expect(versions.filter(([name, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version) && !name.startsWith('@clawmoor/'))).toEqual([]);
  });

  it('runs no script of its own when it is installed, and is installed from the lockfile alone', () => {
    expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m);
    const installers = ['deploy/toolbox.mjs', 'deploy/build.sh', 'deploy/Dockerfile', 'deploy/package.mjs'].map(read).join('\n');
    expect(installers).toMatch(/'ci'|npm ci/);
    expect(installers).not.toMatch(/npm install(?! -g)|'install'/);
  });

  it('is renewed by renovate, and a hole in it within the days that CONTRIBUTING names', () => {
    const renovate = JSON.parse(read('renovate.json')) as { vulnerabilityAlerts: { enabled: boolean } };
    expect(renovate.vulnerabilityAlerts.enabled).toBe(true);
    expect(read('CONTRIBUTING.md')).toMatch(/mended within 7 days, any other within 30/);
  });
});
