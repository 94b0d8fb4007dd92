import { satisfies, valid } from 'semver';
import type * as z from 'zod/mini';
import type { PrereqItem, UpdateCode } from '@clawmoor/shared/setup.ts';
import { compareVersions } from '../../lib/openclaw-version.ts';
import type { Answer } from './before.ts';
import type { Facts } from './facts.ts';

export type Item = z.output<typeof PrereqItem>;

const MIB_KB = 1024;
// The package unpacked (650 MB in 2026.9), npm's cache of it, and room to breathe.
const NEW_VERSION_KB = 1_000 * MIB_KB;
// `npm install` of OpenClaw takes 520 MB beside the gateway that runs.
const INSTALL_MEMORY_KB = 600 * MIB_KB;

export interface Judging {
  facts: Facts;
  target: string;
  /** The range of Node.js versions that the target asks for. */
  engine: string | undefined;
  /** What the gateway answered, or why it did not. */
  gateway: Answer | string;
  tested: { from: string; to: string };
}

/** Whether this server can be updated to the target, point by point. */
export const judge = (judging: Judging): Item[] => [
  version(judging),
  tested(judging),
  node(judging),
  disk(judging),
  memory(judging),
  installation(judging),
  service(judging),
  gateway(judging),
];

function version({ facts: { installed = '' }, target }: Judging): Item {
  const value = `${installed || 'none'} → ${target}`;
  if (installed === '')
    return block('version', 'update.not_installed', value, 'OpenClaw is not installed here', 'Run the setup of the server first.');
  const difference = compareVersions(target, installed);
  if (difference > 0) return pass('version', 'update.newer', value, 'A newer version');
  if (difference === 0) return block('version', 'update.same', value, 'This version is installed already');
  return block(
    'version',
    'update.older',
    value,
    'This is older than what is installed: an older OpenClaw cannot read what a newer one has written',
    'Choose a newer version.',
  );
}

function tested({ target, tested: { from, to } }: Judging): Item {
  const value = `${from} to ${to}`;
  if (compareVersions(target, to) > 0)
    return warn(
      'tested',
      'update.untested_new',
      value,
      `Clawmoor has not been tested with ${target}`,
      'It may work all the same; if it does not, the update goes back.',
    );
  if (compareVersions(target, from) < 0)
    return warn('tested', 'update.untested_old', value, `Clawmoor has not been tested with a version as old as ${target}`);
  return pass('tested', 'update.tested', value, 'Clawmoor was tested with this version');
}

function node({ facts, engine, target }: Judging): Item {
  const value = facts.node ?? 'none';
  if (facts.node === undefined || facts.npm === undefined)
    return block('node', 'update.node_none', value, 'There is no Node.js with npm', 'Run the step “Install Node.js” of the setup.');
  if (engine === undefined || (valid(value) !== null && satisfies(value, engine)))
    return pass('node', 'update.node_fine', value, 'Suits this version');
  return block(
    'node',
    'update.node_old',
    value,
    `OpenClaw ${target} needs Node.js ${engine}`,
    'Run the step “Install Node.js” of the setup, then update.',
  );
}

function disk({ facts }: Judging): Item {
  const free = Number(facts.freeKb ?? 0);
  const fix = 'Free some space: df -h shows where.';
  if (facts.stateKb === undefined)
    return block(
      'disk',
      'update.disk_unknown',
      `${gib(free)} free`,
      'It could not be measured how large the data of OpenClaw is',
      'Move large workspaces out of ~/.openclaw.',
    );
  // A backup and a copy of the state, each at most as large as it is.
  const needed = NEW_VERSION_KB + 2 * Number(facts.stateKb);
  const value = `${gib(free)} free, ${gib(needed)} needed`;
  if (free < needed)
    return block('disk', 'update.disk_short', value, 'Not enough for the new version, a backup and a copy of the data', fix);
  if (free < needed + NEW_VERSION_KB) return warn('disk', 'update.disk_tight', value, 'Enough for this update, not for much more', fix);
  return pass('disk', 'update.disk_fine', value, 'Enough');
}

function memory({ facts }: Judging): Item {
  const free = Number(facts.memAvailable ?? 0) + Number(facts.swapFree ?? 0);
  const value = `${gib(free)} free with swap, of ${gib(Number(facts.memTotal ?? 0))} + ${gib(Number(facts.swapTotal ?? 0))}`;
  const fix = 'Add swap: fallocate -l 2G /swapfile; chmod 600 /swapfile; mkswap /swapfile; swapon /swapfile';
  if (free < INSTALL_MEMORY_KB / 2)
    return block('memory', 'update.memory_short', value, 'Too little for an installation beside the gateway that runs', fix);
  if (free < INSTALL_MEMORY_KB)
    return warn('memory', 'update.memory_tight', value, 'The installation may run out of memory; then nothing is changed', fix);
  return pass('memory', 'update.memory_fine', value, 'Enough');
}

function installation({ facts }: Judging): Item {
  const value = facts.root ?? 'none';
  if (facts.root === undefined)
    return block(
      'installation',
      'update.package_none',
      value,
      'No npm package of OpenClaw was found behind the command openclaw',
      'Update it the way it was installed.',
    );
  if (facts.rootOurs === undefined)
    return block(
      'installation',
      'update.package_other_user',
      value,
      'It belongs to another user',
      'Update it as that user: npm install -g openclaw@latest',
    );
  if (facts.sameDisk === undefined)
    return block(
      'installation',
      'update.package_other_disk',
      value,
      'It lies on another disk than the home folder, so it cannot be exchanged at once',
      'Update it by hand.',
    );
  if (facts.state === undefined || facts.stateMovable === undefined)
    return block(
      'installation',
      'update.data_unmovable',
      facts.state ?? value,
      'The data of OpenClaw cannot be put back in one move: its folder is missing, or a disk of its own',
      'Make ~/.openclaw a folder on the disk of the home folder.',
    );
  return pass('installation', 'update.package_fine', value, 'Can be exchanged');
}

function service({ facts }: Judging): Item {
  const kind = facts.kind ?? 'none';
  const value = { user: 'systemd, for the user', system: 'systemd, for the machine', supervised: 'our supervisor' }[kind] ?? 'none';
  if (value === 'none')
    return block(
      'service',
      'update.service_none',
      value,
      'Nothing keeps the gateway running',
      'Run the step “Keep the gateway running” of the setup.',
    );
  if (kind !== 'supervised' && facts.serviceRuns === undefined)
    return block(
      'service',
      'update.service_other',
      value,
      'The service runs another installation of OpenClaw than the command openclaw',
      'On the server: openclaw gateway install --force',
    );
  return pass('service', 'update.service_fine', value, 'Starts the gateway');
}

function gateway({ gateway: answer, facts }: Judging): Item {
  if (typeof answer === 'string')
    return block(
      'gateway',
      'update.gateway_down',
      'no answer',
      `The gateway does not work now: ${answer.replace(/\.$/, '')}`,
      'Bring it back first: an update needs one that works to compare with.',
    );
  const value = `${answer.version}, ${answer.agents.length === 1 ? '1 agent' : `${answer.agents.length} agents`}`;
  if (answer.version !== facts.installed)
    return block(
      'gateway',
      'update.gateway_other',
      value,
      `It runs another version than the one that is installed (${facts.installed ?? 'none'})`,
      'Restart the gateway first.',
    );
  return pass('gateway', 'update.gateway_fine', value, 'Answers');
}

const gib = (kb: number): string => `${(kb / MIB_KB / 1024).toFixed(1)} GiB`;

const item =
  (verdict: Item['verdict']) =>
  (key: string, code: UpdateCode, value: string, message: string, fix?: string): Item => ({
    key,
    code,
    verdict,
    value,
    message,
    ...(fix !== undefined && { fix }),
  });
const pass = item('pass');
export const warn = item('warn');
export const block = item('block');
