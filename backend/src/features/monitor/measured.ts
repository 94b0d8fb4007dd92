import type { Counters, HostFacts, Look } from '../../lib/look.ts';

import type { SampleColumns } from '../../lib/tables-monitoring.ts';

export const countersOf = ({ bootId, oomKills, service }: HostFacts): Counters => ({
  bootId,
  oomKills: oomKills ?? null,
  restarts: service?.restarts ?? null,
});

const tenths = (value: number | undefined): number | null => (value === undefined ? null : Math.round(value * 10));
const most = (values: (number | undefined)[]): number | undefined => {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? Math.max(...known) : undefined;
};

/** A look as a row of samples; the load of the processor lies between two looks, so that the first has none. */
export function columnsOf(
  { host, gateway, noGateway }: Look,
  before: { busy: number; total: number; bootId: string } | undefined,
): Partial<SampleColumns> {
  if (!host) return {};
  const ticks = before?.bootId === host.bootId ? host.cpu.total - before.total : 0;
  const cpu = before && ticks > 0 ? Math.min(100, Math.max(0, ((host.cpu.busy - before.busy) / ticks) * 100)) : undefined;
  return {
    load: tenths(host.load),
    cpu: tenths(cpu),
    memory: tenths(host.memory),
    swap: tenths(host.swap),
    disk: tenths(most(host.disks.map(({ used }) => used))),
    inodes: tenths(most(host.disks.map(({ inodes }) => inodes))),
    gateway: noGateway ? null : gateway?.answers ? 1_000 : 0,
  };
}
