import { Problem } from '../../lib/problem.ts';

export const prereqsBlocked = (what: string[]): Problem =>
  new Problem('setup.prereqs_blocked', `This server cannot run OpenClaw as it is: ${what.join(' ')}`, {
    fix: 'Mend what is named, then check again.',
  });

export const archUnsupported = (arch: string, libc: string): Problem =>
  new Problem('setup.arch_unsupported', `There is no Node.js for this machine (${arch}, ${libc})`, {
    fix: 'Use a 64-bit Linux with glibc on x86 or ARM: Debian or Ubuntu.',
  });

export const nodeMissing = (): Problem =>
  new Problem('setup.node_missing', 'There is no suitable Node.js on the server', { fix: 'Run the step “Install Node.js” first.' });
export const openclawMissing = (): Problem =>
  new Problem('setup.openclaw_missing', 'OpenClaw is not installed on the server', { fix: 'Run the step “Install OpenClaw” first.' });
export const nodeIntegrity = (): Problem =>
  new Problem('setup.node_integrity', 'What arrived on the server is not what was sent', { fix: 'Check its disk (dmesg), then retry.' });

export const onboardFailed = (why: string): Problem =>
  new Problem('setup.onboard_failed', `OpenClaw did not accept the settings: ${why}`, { fix: 'Check the model settings, then retry.' });
export const configInvalid = (why: string): Problem =>
  new Problem('setup.config_invalid', `OpenClaw's configuration is not valid: ${why}`, {
    fix: 'On the server, openclaw doctor --fix mends it.',
  });

export const exposedBind = (): Problem =>
  new Problem('setup.exposed_bind', 'With this setting other machines could reach the gateway, and whoever has its token owns the server', {
    fix: 'Leave it on loopback: Clawmoor reaches it through SSH. If it is meant, confirm it.',
    issues: [{ path: 'confirmExposed', message: 'must be true for a bind that is not loopback' }],
  });

export const portTaken = (port: number, who: string): Problem =>
  new Problem('setup.port_taken', `Port ${port} is taken on the server${who ? ` by ${who}` : ''}`, {
    fix: 'Choose another port for the gateway, or stop that program.',
  });

export const serviceFailed = (why: string): Problem =>
  new Problem('setup.service_failed', `The gateway could not be started as a service: ${why}`, {
    fix: 'The log shows what the server said.',
  });

export const lingerDenied = (): Problem =>
  new Problem('setup.linger_denied', 'The server does not let this user keep services running after a logout', {
    fix: 'As root, run: loginctl enable-linger USER — or enter the sudo password of the server here.',
  });

export const gatewayNotReady = (seconds: number): Problem =>
  new Problem('setup.gateway_not_ready', `The gateway is not ready after ${seconds} s`, {
    fix: 'A small machine may need longer: check again in a minute. Else look at its log on the server.',
  });

const KNOWN: { seen: RegExp; make: (version: string) => Problem }[] = [
  {
    seen: /EBADENGINE|Unsupported engine/i,
    make: () =>
      new Problem('setup.engine_unsupported', 'This version of OpenClaw needs another Node.js than the one on the server', {
        fix: 'Run the step “Install Node.js”, then retry.',
      }),
  },
  {
    seen: /ENOSPC|no space left/i,
    make: () =>
      new Problem('setup.disk_full', 'The disk of the server is full', {
        fix: 'OpenClaw needs about 1 GB. Free some space (df -h, apt-get clean), then retry.',
      }),
  },
  {
    seen: /EACCES|EPERM|permission denied/i,
    make: () =>
      new Problem('setup.permission_denied', 'The user may not write where OpenClaw is to be installed', {
        fix: 'Check who owns ~/.npm-global and ~/.npm: chown -R USER ~/.npm-global ~/.npm',
      }),
  },
  {
    seen: /\bKilled\b|JavaScript heap out of memory|ENOMEM|Cannot allocate memory/i,
    make: () =>
      new Problem('setup.out_of_memory', 'The server ran out of memory during the install', {
        fix: 'Add swap (fallocate -l 2G /swapfile; chmod 600 /swapfile; mkswap /swapfile; swapon /swapfile) or use 2 GB of RAM, then retry.',
      }),
  },
  {
    seen: /ETARGET|No matching version|E404|404 Not Found/i,
    make: (version) =>
      new Problem('setup.version_not_found', `The npm registry has no OpenClaw ${version}`, {
        fix: 'Choose another version, or leave it empty for the newest.',
      }),
  },
  {
    seen: /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|network/i,
    make: () =>
      new Problem('setup.no_network', 'The server does not reach the npm registry', {
        fix: 'Check its network and DNS: npm ping, run on the server, must answer.',
      }),
  },
];

/** What npm's output means to a person. */
export function npmProblem({ exitCode, output, version }: { exitCode: number | null; output: string; version: string }): Problem {
  if (exitCode === 137) return KNOWN[3]?.make(version) ?? npmFailed(output);
  return KNOWN.find(({ seen }) => seen.test(output))?.make(version) ?? npmFailed(output);
}

function npmFailed(output: string): Problem {
  const line =
    output.split('\n').findLast((text) => /npm (error|ERR!)/i.test(text) && !/complete log of this run/i.test(text)) ??
    output.trim().split('\n').at(-1) ??
    '';
  return new Problem('setup.npm_failed', `npm failed: ${line.replace(/^npm (error|ERR!)\s*/i, '').slice(0, 200)}`, {
    fix: 'The log shows what npm said.',
  });
}
