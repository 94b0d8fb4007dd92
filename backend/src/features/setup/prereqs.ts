import type { Prereqs } from '@clawmoor/shared/setup.ts';
import { clock, disk, linger, memory, sudo, systemd, type Item, type Judged, type Judging, type Verdict } from './prereqs-rules.ts';
import { nodeSuits } from './versions.ts';

/** What the facts of a server mean for OpenClaw, one item each, with what to do. */
export function judge(judging: Judging): Prereqs {
  const items = RULES.map(([key, rule]): Item => {
    const { verdict = 'pass', ...judged } = rule(judging);
    return { key, verdict, ...judged };
  });
  const worst: Verdict = items.some(({ verdict }) => verdict === 'block')
    ? 'block'
    : items.some(({ verdict }) => verdict === 'warn')
      ? 'warn'
      : 'pass';
  return { verdict: worst, items };
}

const RULES: [string, (judging: Judging) => Judged][] = [
  [
    'os',
    ({ facts }) =>
      facts['kernel'] === 'Linux'
        ? { value: facts['os'] || 'Linux', message: 'Linux' }
        : {
            value: facts['kernel'] ?? '',
            verdict: 'block',
            message: 'OpenClaw is set up on Linux only',
            fix: 'Use a server with Debian or Ubuntu.',
          },
  ],
  [
    'arch',
    ({ facts }) =>
      /^(x86_64|aarch64|arm64)$/.test(facts['arch'] ?? '')
        ? { value: facts['arch'] ?? '', message: 'Supported' }
        : {
            value: facts['arch'] ?? '',
            verdict: 'block',
            message: 'There is no Node.js for this processor',
            fix: 'Use a 64-bit x86 or ARM server.',
          },
  ],
  [
    'libc',
    ({ facts }) =>
      facts['libc'] === 'musl' && !nodeSuits(facts['node'] ?? '')
        ? {
            value: 'musl',
            verdict: 'block',
            message: 'Node.js cannot be brought to a system with musl',
            fix: 'Install Node.js 24 with its package manager (apk add nodejs npm), or use Debian or Ubuntu.',
          }
        : { value: facts['libc'] ?? '', message: 'Supported' },
  ],
  ['memory', memory],
  ['disk', disk],
  [
    'node',
    ({ facts }) =>
      nodeSuits(facts['node'] ?? '')
        ? { value: facts['node'] ?? '', message: 'Suits OpenClaw' }
        : {
            value: facts['node'] || 'none',
            message: facts['node'] ? 'Too old for OpenClaw; the setup brings its own and leaves this one alone' : 'The setup brings it',
          },
  ],
  ['openclaw', ({ facts }) => ({ value: facts['openclaw'] || 'none', message: facts['openclaw'] ? 'Installed' : 'The setup installs it' })],
  ['sudo', sudo],
  ['systemd', systemd],
  ['linger', linger],
  [
    'port',
    ({ facts, port }) =>
      facts['port'] !== 'taken' || facts['openclaw']
        ? {
            value: `${port} ${facts['port'] ?? ''}`.trim(),
            message: facts['port'] === 'taken' ? 'In use, it seems by OpenClaw itself' : 'Free',
          }
        : {
            value: `${port} taken`,
            verdict: 'warn',
            message: `Another program uses port ${port}${facts['portBy'] ? `: ${facts['portBy']}` : ''}`,
            fix: 'Choose another port in the setup.',
          },
  ],
  ['clock', clock],
  [
    'registry',
    ({ facts }) =>
      ({
        yes: { value: 'reachable', message: 'The npm registry answers' },
        no: {
          value: 'unreachable',
          verdict: 'warn' as const,
          message: 'The server does not reach the npm registry',
          fix: 'OpenClaw comes from there: check network, DNS and proxy of the server.',
        },
      })[facts['registry'] ?? ''] ?? { value: 'not checked', message: 'Checked once npm is there' },
  ],
  [
    'forwarding',
    ({ forwarding }) =>
      forwarding
        ? { value: 'allowed', message: 'The gateway is reached through SSH' }
        : { value: 'forbidden', message: 'TCP forwarding is off; Clawmoor uses a bridge through a command instead' },
  ],
  [
    'tmp',
    ({ facts }) =>
      facts['tmpExec'] === 'no'
        ? { value: 'noexec', message: 'Programs cannot run from /tmp; the setup does not need that' }
        : { value: 'ok', message: 'Usable' },
  ],
  ['shell', ({ facts }) => ({ value: facts['shell'] ?? '', message: 'Any login shell will do' })],
  [
    'tar',
    ({ facts }) =>
      facts['tar'] || nodeSuits(facts['node'] ?? '')
        ? { value: facts['tar'] || 'none', message: 'Present' }
        : {
            value: 'none',
            verdict: 'block',
            message: 'tar is missing; Node.js cannot be unpacked',
            fix: 'Install it: apt-get install tar gzip',
          },
  ],
];
