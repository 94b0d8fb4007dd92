import type { Diagnosis } from '@clawmoor/shared/openclaw-diagnosis.ts';
import { iso } from '../../lib/clock.ts';
import type { Gateways } from '../../lib/gateway.ts';
import { readLogLine } from '../../lib/gateway-log-line.ts';
import { askService, findService, ownLogFile, serviceLog, SUPERVISOR_FOLDER, UNIT, type ServiceKind } from '../../lib/gateway-service.ts';
import type { Host, HostPool } from '../../lib/host.ts';
import { redactLine } from '../../lib/redact.ts';
import { sh, type Command } from '../../lib/sh.ts';
import { findingOf } from './finding.ts';

const LOG_LINES = 60;
const LONGEST_LINE = 500;
/** So many ends in a row are a loop, not an accident. */
const LOOP = 3;
const LOOP_WITHIN_MS = 10 * 60_000;

/** What systemd, or our supervisor, and the log say of the gateway. Needs no gateway that runs. */
export async function diagnose(
  { gateways, hosts }: { gateways: Gateways; hosts: HostPool },
  serverId: string,
  signal: AbortSignal,
): Promise<Diagnosis> {
  const status = await gateways.status(serverId, { signal });
  return hosts.with(
    serverId,
    async (host) => {
      const found = (await host.run(findService, { signal })).stdout.trim();
      const service = isKind(found) ? found : 'none';
      const facts = service === 'none' ? NOTHING : await factsOf(host, service, signal);
      const log = await logOf(host, service, signal);
      const outOfMemory = facts.outOfMemory || log.some((line) => OUT_OF_MEMORY.test(line));
      const crashLoop = facts.crashLoop && status.state !== 'ready';
      return {
        status,
        service,
        ...facts,
        crashLoop,
        outOfMemory,
        finding: status.state === 'ready' ? null : findingOf({ log, outOfMemory, crashLoop, service, running: facts.running }),
        log,
      };
    },
    { signal },
  );
}

type Facts = Pick<Diagnosis, 'running' | 'enabled' | 'startedAt' | 'restarts' | 'lastExit' | 'crashLoop' | 'outOfMemory'>;
const NOTHING: Facts = {
  running: false,
  enabled: false,
  startedAt: null,
  restarts: null,
  lastExit: null,
  crashLoop: false,
  outOfMemory: false,
};
const OUT_OF_MEMORY = /heap out of memory|out of memory|oom[-_ ]kill/i;

const isKind = (text: string): text is ServiceKind => text === 'user' || text === 'system' || text === 'supervised';

async function factsOf(host: Host, kind: ServiceKind, signal: AbortSignal): Promise<Facts> {
  const [words, told] = await Promise.all([host.run(sh`${askService(kind)}; :`, { signal }), host.run(telling(kind), { signal })]);
  const answers = words.stdout.split('\n');
  const standing = { running: answers.includes('active'), enabled: answers.includes('enabled') && answers.includes('linger') };
  return { ...standing, ...(kind === 'supervised' ? endsIn(told.stdout) : propertiesIn(told.stdout)) };
}

const PROPERTIES =
  'ActiveState,SubState,NRestarts,Result,ExecMainCode,ExecMainStatus,ExecMainStartTimestampMonotonic,ExecMainStartTimestamp';

function telling(kind: ServiceKind): Command {
  if (kind === 'user') return sh`LC_ALL=C TZ=UTC systemctl --user show ${UNIT} -p ${PROPERTIES}; :`;
  if (kind === 'system') return sh`LC_ALL=C TZ=UTC systemctl show ${UNIT} -p ${PROPERTIES}; :`;
  return sh`date -u +%FT%TZ; grep -a 'the gateway ended with' "$HOME/${SUPERVISOR_FOLDER}/gateway.log" 2>/dev/null | tail -n 20; :`;
}

/** As `systemctl show` prints them. */
export function propertiesIn(text: string): Omit<Facts, 'running' | 'enabled'> {
  const value = Object.fromEntries(text.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
  const { NRestarts, Result = '', SubState, ExecMainCode, ExecMainStatus = '', ExecMainStartTimestamp = '' } = value;
  const restarts = Number(NRestarts);
  const startedAt = Date.parse(ExecMainStartTimestamp.replace(/^\w{3} (\S+) (\S+) UTC$/, '$1T$2Z'));
  // CLD_EXITED is 1; 2 and 3 are a signal, whose number stands in the status.
  const ended = Result !== '' && Result !== 'success';
  const lastExit = !ended ? null : ExecMainCode === '1' ? `exit code ${ExecMainStatus}` : `signal ${ExecMainStatus} (${Result})`;
  return {
    startedAt: Number.isNaN(startedAt) ? null : iso(startedAt),
    restarts: Number.isInteger(restarts) ? restarts : null,
    lastExit,
    crashLoop: restarts >= LOOP && (SubState === 'auto-restart' || Result === 'start-limit-hit' || ended),
    outOfMemory: Result === 'oom-kill',
  };
}

/** The lines that our supervisor wrote at each end of the gateway, after the time of the server. */
export function endsIn(text: string): Omit<Facts, 'running' | 'enabled'> {
  const [now = '', ...lines] = text.trim().split('\n');
  const ends = lines.flatMap((line) => {
    const [, at, code] = /(\d{4}-\d\d-\d\dT[\d:]+Z) the gateway ended with (\d+)/.exec(line) ?? [];
    return at && code ? [{ at: Date.parse(at), code: Number(code) }] : [];
  });
  const recent = ends.filter(({ at }) => Date.parse(now) - at < LOOP_WITHIN_MS);
  const last = ends.at(-1);
  const signalled = last && last.code > 128;
  return {
    startedAt: null,
    restarts: ends.length,
    lastExit: !last ? null : signalled ? `signal ${last.code - 128}` : `exit code ${last.code}`,
    crashLoop: recent.filter(({ code }) => code !== 0).length >= LOOP,
    outOfMemory: false,
  };
}

async function logOf(host: Host, service: Diagnosis['service'], signal: AbortSignal): Promise<string[]> {
  const lines = service === 'none' ? ownLog : serviceLog(service, LOG_LINES);
  // The journal of the machine needs root, or a group; without either there are no lines, which is an answer too.
  const { stdout } = await host.run(lines, { signal, root: service === 'system' }).catch(() => ({ stdout: '' }));
  return stdout
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-LOG_LINES)
    .map((line) => readable(line).slice(0, LONGEST_LINE));
}

/** What the gateway writes itself is JSON; what its service keeps is text already. */
function readable(line: string): string {
  if (!line.startsWith('{')) return redactLine(line);
  const { at, level, subsystem, message } = readLogLine(line);
  return [at, level === 'unknown' ? null : level, subsystem === null ? null : `[${subsystem}]`, message]
    .filter((word) => word !== null)
    .join(' ');
}

/** Started by hand: what OpenClaw itself wrote last. */
const ownLog = sh`log=$(${ownLogFile}); [ -n "$log" ] && tail -n 30 "$log"; :`;
