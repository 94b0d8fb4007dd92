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

const REGISTRY: Record<string, Judged> = {
  yes: { value: 'reachable', code: 'prereq.registry_answers', message: 'The npm registry answers' },
  no: {
    value: 'unreachable',
    verdict: 'warn',
    code: 'prereq.registry_silent',
    message: 'The server does not reach the npm registry',
    fix: 'OpenClaw comes from there: check network, DNS and proxy of the server.',
  },
};

const RULES: [string, (judging: Judging) => Judged][] = [
  [
    'os',
    ({ facts }) =>
      facts['kernel'] === 'Linux'
        ? { value: facts['os'] || 'Linux', code: 'prereq.os_fine', message: 'Linux' }
        : {
            value: facts['kernel'] ?? '',
            verdict: 'block',
            code: 'prereq.os_other',
            message: 'OpenClaw is set up on Linux only',
            fix: 'Use a server with Debian or Ubuntu.',
          },
  ],
  [
    'arch',
    ({ facts }) =>
      /^(x86_64|aarch64|arm64)$/.test(facts['arch'] ?? '')
        ? { value: facts['arch'] ?? '', code: 'prereq.arch_fine', message: 'Supported' }
        : {
            value: facts['arch'] ?? '',
            verdict: 'block',
            code: 'prereq.arch_other',
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
            code: 'prereq.libc_musl',
            message: 'Node.js cannot be brought to a system with musl',
            fix: 'Install Node.js 24 with its package manager (apk add nodejs npm), or use Debian or Ubuntu.',
          }
        : { value: facts['libc'] ?? '', code: 'prereq.libc_fine', message: 'Supported' },
  ],
  ['memory', memory],
  ['disk', disk],
  [
    'node',
    ({ facts }) =>
      nodeSuits(facts['node'] ?? '')
        ? { value: facts['node'] ?? '', code: 'prereq.node_fine', message: 'Suits OpenClaw' }
        : {
            value: facts['node'] || 'none',
            code: facts['node'] ? 'prereq.node_old' : 'prereq.node_none',
            message: facts['node'] ? 'Too old for OpenClaw; the setup brings its own and leaves this one alone' : 'The setup brings it',
          },
  ],
  [
    'openclaw',
    ({ facts }) => ({
      value: facts['openclaw'] || 'none',
      code: facts['openclaw'] ? 'prereq.openclaw_there' : 'prereq.openclaw_none',
      message: facts['openclaw'] ? 'Installed' : 'The setup installs it',
    }),
  ],
  ['sudo', sudo],
  ['systemd', systemd],
  ['linger', linger],
  [
    'port',
    ({ facts, port }) =>
      facts['port'] !== 'taken' || facts['openclaw']
        ? {
            value: String(port),
            code: facts['port'] === 'taken' ? 'prereq.port_ours' : 'prereq.port_free',
            message: facts['port'] === 'taken' ? 'In use, it seems by OpenClaw itself' : 'Free',
          }
        : {
            value: facts['portBy'] ? `${port}: ${facts['portBy']}` : String(port),
            verdict: 'warn',
            code: 'prereq.port_taken',
            message: `Another program uses port ${port}${facts['portBy'] ? `: ${facts['portBy']}` : ''}`,
            fix: 'Choose another port in the setup.',
          },
  ],
  ['clock', clock],
  [
    'registry',
    ({ facts }) =>
      REGISTRY[facts['registry'] ?? ''] ?? { value: 'not checked', code: 'prereq.registry_later', message: 'Checked once npm is there' },
  ],
  [
    'forwarding',
    ({ forwarding }) =>
      forwarding
        ? { value: 'allowed', code: 'prereq.forwarding_fine', message: 'The gateway is reached through SSH' }
        : {
            value: 'forbidden',
            code: 'prereq.forwarding_off',
            message: 'TCP forwarding is off; Clawmoor uses a bridge through a command instead',
          },
  ],
  [
    'tmp',
    ({ facts }) =>
      facts['tmpExec'] === 'no'
        ? { value: 'noexec', code: 'prereq.tmp_noexec', message: 'Programs cannot run from /tmp; the setup does not need that' }
        : { value: 'ok', code: 'prereq.tmp_fine', message: 'Usable' },
  ],
  ['shell', ({ facts }) => ({ value: facts['shell'] ?? '', code: 'prereq.shell_fine', message: 'Any login shell will do' })],
  [
    'tar',
    ({ facts }) =>
      facts['tar'] || nodeSuits(facts['node'] ?? '')
        ? { value: facts['tar'] || 'none', code: 'prereq.tar_there', message: 'Present' }
        : {
            value: 'none',
            verdict: 'block',
            code: 'prereq.tar_none',
            message: 'tar is missing; Node.js cannot be unpacked',
            fix: 'Install it: apt-get install tar gzip',
          },
  ],
];
