import * as z from 'zod/mini';
import type { Disk, HostFacts, ServiceFacts } from '../../lib/look.ts';
import { badLook } from './monitor.problems.ts';

const text = z._default(z.string().check(z.maxLength(4_000)), '');
const Told = z.object({
  boot: text,
  uptime: text,
  load: text,
  cpu: text,
  memory: text,
  oom: text,
  disks: text,
  inodes: text,
  service: text,
  unit: text,
});

/** What the line that the script printed says. It comes from the server and is not trusted. Throws `monitoring.bad_look`. */
export function readHostFacts(stdout: string): HostFacts {
  const told = Told.safeParse(parse(stdout));
  if (!told.success) throw badLook(told.error);
  const { boot, uptime, load, cpu, memory, oom, disks, inodes, service, unit } = told.data;
  const kib = Object.fromEntries(
    lines(memory).map((line) => [line.slice(0, line.indexOf(':')), Number(line.slice(line.indexOf(':') + 1))]),
  );
  const { MemTotal, SwapTotal, SwapFree } = kib;
  const available = kib['MemAvailable'] ?? (kib['MemFree'] ?? 0) + (kib['Buffers'] ?? 0) + (kib['Cached'] ?? 0);
  return {
    bootId: boot.replace(';', '').slice(0, 64),
    uptimeSeconds: numberIn(uptime) ?? 0,
    load: numberIn(load) ?? 0,
    cpu: cpuOf(cpu),
    memory: MemTotal ? percent(MemTotal - available, MemTotal) : undefined,
    swap: SwapTotal ? percent(SwapTotal - (SwapFree ?? 0), SwapTotal) : undefined,
    memoryMiB: MemTotal ? Math.round(MemTotal / 1024) : undefined,
    disks: disksOf(disks, inodes),
    oomKills: numberIn(oom),
    service: serviceOf(service.replaceAll(';', '').trim(), lines(unit)),
  };
}

function parse(stdout: string): unknown {
  try {
    return JSON.parse(stdout.slice(stdout.indexOf('{')));
  } catch {
    return undefined;
  }
}

const lines = (value: string): string[] => value.split(';').filter((line) => line !== '');

function numberIn(value: string): number | undefined {
  const number = Number.parseFloat(value);
  return Number.isFinite(number) && number >= 0 ? number : undefined;
}

/** With one decimal, never outside 0 to 100. */
const percent = (part: number, whole: number): number =>
  whole > 0 ? Math.min(100, Math.max(0, Math.round((part / whole) * 1_000) / 10)) : 0;

/** `cpu  user nice system idle iowait irq softirq steal guest …`: guest time is in user time already. */
function cpuOf(line: string): HostFacts['cpu'] {
  const ticks = line
    .split(/\s+/)
    .slice(1, 9)
    .map(Number)
    .map((value) => (Number.isFinite(value) ? value : 0));
  const total = ticks.reduce((sum, value) => sum + value, 0);
  return { total, busy: total - (ticks[3] ?? 0) - (ticks[4] ?? 0) };
}

interface Row {
  total: number;
  used: number;
  free: number;
  path: string;
}

function rowsOf(value: string): Row[] {
  return lines(value).flatMap((line) => {
    const [, total, used, free, path] = /^(\d+) (\d+) (-?\d+) (\/.{0,200})$/.exec(line) ?? [];
    return path === undefined ? [] : [{ total: Number(total), used: Number(used), free: Number(free), path: path.slice(0, 120) }];
  });
}

function disksOf(space: string, inodes: string): Disk[] {
  const tables = new Map(rowsOf(inodes).map((row) => [row.path, row]));
  return rowsOf(space)
    .filter(({ total }) => total > 0)
    .map(({ used, free, path }) => {
      const table = tables.get(path);
      return {
        path,
        // Of what may be used, as `df` says it: a part is kept back for root.
        used: percent(used, used + Math.max(0, free)),
        inodes: table && table.total > 0 ? percent(table.used, table.total) : undefined,
        freeMiB: Math.max(0, Math.round(free / 1024)),
      };
    });
}

function serviceOf(kind: string, told: string[]): ServiceFacts | undefined {
  if (kind !== 'user' && kind !== 'system' && kind !== 'supervised') return undefined;
  const value = (name: string): string | undefined => told.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1);
  const restarts = Number(value('NRestarts') ?? value('ends') ?? Number.NaN);
  return {
    kind,
    running: kind === 'supervised' ? told.includes('active') : value('ActiveState') === 'active',
    restarts: Number.isInteger(restarts) ? restarts : undefined,
    result: (value('Result') ?? '').slice(0, 40),
  };
}
