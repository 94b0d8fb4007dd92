import type * as z from 'zod/mini';
import type { PrereqCode, PrereqItem } from '@clawmoor/shared/setup.ts';
import type { Facts } from './prereqs-script.ts';

export type Item = z.output<typeof PrereqItem>;
export type Verdict = Item['verdict'];

const GIB_KB = 1024 * 1024;
const CLOCK_WARN_SECONDS = 120;

export interface Judged {
  value: string;
  code: PrereqCode;
  verdict?: Verdict;
  message: string;
  fix?: string;
}

export interface Judging {
  facts: Facts;
  port: number;
  /** Milliseconds since the epoch, ours. */
  now: number;
  hasSudoPassword: boolean;
  forwarding: boolean;
}

const gib = (kb: number): string => `${(kb / GIB_KB).toFixed(1)} GiB`;

export function memory({ facts }: Judging): Judged {
  const limit = facts['memoryMax'] === undefined ? Number.POSITIVE_INFINITY : Number(facts['memoryMax']) / 1024;
  const ram = Math.min(Number(facts['memTotal'] ?? 0), limit);
  const together = ram + Number(facts['swapTotal'] ?? 0);
  const value = `${gib(ram)} + ${gib(Number(facts['swapTotal'] ?? 0))} swap`;
  const fix = 'Add swap: fallocate -l 2G /swapfile; chmod 600 /swapfile; mkswap /swapfile; swapon /swapfile';
  // Machines sold as 1 GB show some 5 % less; the kernel keeps it.
  if (together < GIB_KB * 0.93)
    return {
      value,
      verdict: 'block',
      code: 'prereq.memory_short',
      message: 'OpenClaw needs at least 1 GiB of memory and swap together',
      fix,
    };
  if (together < 2 * GIB_KB * 0.93)
    return {
      value,
      verdict: 'warn',
      code: 'prereq.memory_tight',
      message: 'It will run, but may run out of memory; 2 GiB are comfortable',
      fix,
    };
  return { value, code: 'prereq.memory_fine', message: 'Enough' };
}

export function disk({ facts }: Judging): Judged {
  const home = Number(facts['diskHome'] ?? 0);
  const value = gib(home);
  const fix = 'Free some space: df -h shows where; apt-get clean and journalctl --vacuum-size=100M often help.';
  if (home < 2 * GIB_KB)
    return { value, verdict: 'block', code: 'prereq.disk_short', message: 'OpenClaw and Node.js need 2 GiB of free disk', fix };
  if (home < 4 * GIB_KB)
    return { value, verdict: 'warn', code: 'prereq.disk_tight', message: 'Enough to install; updates and agents will want more', fix };
  return { value, code: 'prereq.disk_fine', message: 'Enough' };
}

export function sudo({ facts, hasSudoPassword }: Judging): Judged {
  const said = facts['sudo'] ?? '';
  if (said === 'root') return { value: 'root', code: 'prereq.sudo_root', message: 'You log in as root' };
  if (said === 'free') return { value: 'without a password', code: 'prereq.sudo_free', message: 'Usable' };
  if (said === 'missing')
    return {
      value: 'missing',
      verdict: 'warn',
      code: 'prereq.sudo_none',
      message: 'There is no sudo: everything is installed for this user only',
      fix: 'For a setup for the whole machine log in as root, or install sudo.',
    };
  if (/must have a tty|requiretty/i.test(said))
    return {
      value: 'needs a terminal',
      verdict: 'warn',
      code: 'prereq.sudo_terminal',
      message: 'sudo insists on a terminal: everything is installed for this user only',
      fix: 'Remove "Defaults requiretty" from /etc/sudoers.',
    };
  if (/not in the sudoers|not allowed|may not run/i.test(said))
    return {
      value: 'not allowed',
      verdict: 'warn',
      code: 'prereq.sudo_not_allowed',
      message: 'This user may not use sudo: everything is installed for this user only',
      fix: 'usermod -aG sudo USER, as root, if that is not meant.',
    };
  if (hasSudoPassword) return { value: 'with a password', code: 'prereq.sudo_stored', message: 'The stored sudo password is used' };
  return {
    value: 'with a password',
    verdict: 'warn',
    code: 'prereq.sudo_asks',
    message: 'sudo asks for a password: without it everything is installed for this user only',
    fix: 'Enter the sudo password in the settings of the server.',
  };
}

export function systemd({ facts }: Judging): Judged {
  if (facts['systemd'] !== 'yes')
    return {
      value: 'none',
      verdict: 'warn',
      code: 'prereq.systemd_none',
      message: 'There is no systemd: a small supervisor of ours keeps the gateway running',
      fix: 'After a reboot it starts by itself only where cron is there.',
    };
  if (facts['userBus'] === 'yes')
    return { value: 'for the user', code: 'prereq.systemd_user', message: 'The gateway becomes a service of this user' };
  const mayRoot = facts['sudo'] === 'root' || facts['sudo'] === 'free';
  return mayRoot
    ? { value: 'for the machine', code: 'prereq.systemd_machine', message: 'The gateway becomes a service of the machine' }
    : {
        value: 'not reachable',
        verdict: 'warn',
        code: 'prereq.systemd_no_bus',
        message: 'The user has no systemd of their own: a small supervisor of ours keeps the gateway running',
        fix: 'Install libpam-systemd and dbus-user-session, then log in again.',
      };
}

export function linger({ facts, hasSudoPassword }: Judging): Judged {
  if (facts['linger'] === 'yes') return { value: 'on', code: 'prereq.linger_on', message: 'Services stay after a logout' };
  const mayRoot = facts['sudo'] === 'root' || facts['sudo'] === 'free' || hasSudoPassword;
  return mayRoot || facts['userBus'] !== 'yes'
    ? { value: 'off', code: 'prereq.linger_set', message: 'The setup switches it on where it is needed' }
    : {
        value: 'off',
        code: 'prereq.linger_tried',
        message: 'The setup tries to switch it on; where the server forbids it, an administrator must',
      };
}

export function clock({ facts, now }: Judging): Judged {
  const seconds = Math.round(Number(facts['now'] ?? 0) - now / 1000);
  const value = `${seconds >= 0 ? '+' : ''}${seconds} s`;
  if (Math.abs(seconds) <= CLOCK_WARN_SECONDS) return { value, code: 'prereq.clock_right', message: 'Right' };
  return {
    value,
    verdict: 'warn',
    code: 'prereq.clock_wrong',
    message: `The clock of the server is off by ${Math.abs(seconds)} s: certificates and tokens may be refused`,
    fix: 'Switch time synchronisation on: timedatectl set-ntp true',
  };
}
