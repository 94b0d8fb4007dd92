import { describe, expect, it } from 'vitest';
import { compareVersions } from '../../lib/openclaw-version.ts';
import type { Facts } from './facts.ts';
import { breakingLines } from './changelog.ts';
import { judge, type Judging } from './rules.ts';

const facts: Facts = {
  home: '/home/oc',
  command: '/home/oc/.local/bin/openclaw',
  root: '/home/oc/.npm-global/lib/node_modules/openclaw',
  installed: '2026.9.5',
  rootOurs: 'yes',
  kind: 'user',
  serviceRuns: '/home/oc/.npm-global/lib/node_modules/openclaw',
  node: 'v24.21.0',
  nodePath: '/opt/clawmoor/node/bin/node',
  npm: '11.21.2',
  state: '/home/oc/.openclaw',
  stateMovable: 'yes',
  stateKb: '54000',
  freeKb: '20000000',
  sameDisk: 'yes',
  memTotal: '2000000',
  memAvailable: '900000',
  swapTotal: '0',
  swapFree: '0',
};
const fine: Judging = {
  facts,
  target: '2026.9.6',
  engine: '>=24.16.0 <25 || >=26.1.0',
  gateway: { version: '2026.9.5', port: 18789, agents: ['main'] },
  tested: { from: '2026.8.1', to: '2026.9.6' },
};
const verdictOf = (key: string, judging: Partial<Judging>) => judge({ ...fine, ...judging }).find((item) => item.key === key)?.verdict;
const withFacts = (changed: Record<string, string | undefined>): Partial<Judging> => {
  const whole: Record<string, string | undefined> = { ...facts, ...changed };
  return { facts: Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined)) };
};

describe('Whether an update fits a server', () => {
  it('is fine where everything is', () => {
    expect(judge(fine).map(({ verdict }) => verdict)).toEqual(Array.from({ length: 8 }, () => 'pass'));
  });
  it.each<[string, string | undefined, Partial<Judging>]>([
    ['version', 'block', { target: '2026.9.5' }],
    ['version', 'block', { target: '2026.9.4' }],
    ['version', 'block', { target: '2026.9.5-beta.3' }],
    ['version', 'pass', { target: '2026.9.5-1' }],
    ['version', 'block', withFacts({ installed: undefined })],
    ['tested', 'warn', { target: '2026.10.1' }],
    ['tested', 'warn', { target: '2026.7.2' }],
    ['node', 'block', withFacts({ node: 'v22.22.3' })],
    ['node', 'block', withFacts({ node: 'v24.15.9' })],
    ['node', 'block', withFacts({ npm: undefined })],
    ['node', 'pass', { engine: undefined }],
    ['disk', 'block', withFacts({ freeKb: '1000000' })],
    ['disk', 'warn', withFacts({ freeKb: '1500000' })],
    ['disk', 'block', withFacts({ stateKb: '10000000' })],
    ['disk', 'block', withFacts({ stateKb: undefined })],
    ['memory', 'block', withFacts({ memAvailable: '200000' })],
    ['memory', 'warn', withFacts({ memAvailable: '400000' })],
    ['memory', 'pass', withFacts({ memAvailable: '200000', swapFree: '2000000' })],
    ['installation', 'block', withFacts({ root: undefined })],
    ['installation', 'block', withFacts({ rootOurs: undefined })],
    ['installation', 'block', withFacts({ sameDisk: undefined })],
    ['installation', 'block', withFacts({ stateMovable: undefined })],
    ['service', 'block', withFacts({ kind: 'none' })],
    ['service', 'block', withFacts({ serviceRuns: undefined })],
    ['service', 'pass', withFacts({ kind: 'supervised', serviceRuns: undefined })],
    ['gateway', 'block', { gateway: 'it does not answer' }],
    ['gateway', 'block', { gateway: { version: '2026.9.4', port: 18789, agents: [] } }],
  ])('%s: %s', (key, verdict, judging) => {
    expect(verdictOf(key, judging)).toBe(verdict);
  });
  it('says with every block what to do next', () => {
    const bad = { facts: {}, gateway: 'down', target: '2026.9.6' } as const;
    for (const { key, verdict, fix } of judge({ ...fine, ...bad })) if (verdict === 'block') expect(fix, key).toMatch(/\w/);
  });
});

describe('Versions of OpenClaw', () => {
  it('stand in the order in which they came out: betas before a release, corrections after it', () => {
    const order = ['2026.7.1-beta.2', '2026.7.1-beta.10', '2026.7.1', '2026.7.1-1', '2026.7.1-2', '2026.7.33', '2026.8.1', '2026.10.1'];
    expect(order.toReversed().toSorted(compareVersions)).toEqual(order);
    expect(compareVersions('2026.9.6', 'v2026.9.6')).toBe(0);
  });
});

describe('What a changelog calls breaking', () => {
  const changelog = `# Changelog

## 2026.8.1

### Highlights

- Fewer requests, instead of breaking large uploads. (#1)

### Breaking

- **Agents:** the list is a map now. ([guide](https://docs.example/x)) (#128494) Thanks @obviyus and @vincentkoc.

### Changes

- **OpenProse migration (breaking):** remove the bundled \`/prose\` command. (#128494) Thanks @obviyus.
- BREAKING: ropes are tied anew.

## 2026.7.1

### Breaking

- Of another version.
`;
  it('are the lines below such a heading and those that say so, of that version alone, without the marks', () => {
    expect(breakingLines(changelog, '2026.8.1')).toEqual([
      { version: '2026.8.1', text: 'Agents: the list is a map now. (guide)' },
      { version: '2026.8.1', text: 'OpenProse migration (breaking): remove the bundled /prose command.' },
      { version: '2026.8.1', text: 'BREAKING: ropes are tied anew.' },
    ]);
    expect(breakingLines(changelog, '2026.8.2')).toEqual([]);
  });
});
