import type { ServiceKind } from './gateway-service.ts';

/** What one look at a server has shown. The monitor makes them, the incidents' rules read them. */
export interface Look {
  serverId: string;
  /** Milliseconds since the epoch, on our clock. */
  at: number;
  /** Why the server could not be asked. */
  problem: { code: string; message: string } | undefined;
  host: HostFacts | undefined;
  /** `undefined`: the server was not reached, or there is no gateway on it. */
  gateway: GatewayFacts | undefined;
  /** Reached, and a gateway was never set up on it. */
  noGateway: boolean;
}

export interface HostFacts {
  /** Changes with every start of the machine. */
  bootId: string;
  uptimeSeconds: number;
  load: number;
  /** Since the start of the machine, in ticks: what lies between two looks is the load of that time. */
  cpu: { busy: number; total: number };
  /** In percent, one decimal; `undefined` where the machine does not say. */
  memory: number | undefined;
  swap: number | undefined;
  memoryMiB: number | undefined;
  disks: Disk[];
  /** Processes that the kernel has ended for want of memory, since the start of the machine. */
  oomKills: number | undefined;
  service: ServiceFacts | undefined;
}

export interface Disk {
  path: string;
  /** In percent. */
  used: number;
  inodes: number | undefined;
  freeMiB: number;
}

export interface ServiceFacts {
  kind: ServiceKind;
  running: boolean;
  /** Starts by systemd or our supervisor after an end, since the unit was started by a person. */
  restarts: number | undefined;
  /** systemd's own words: `success`, `exit-code`, `oom-kill`, `start-limit-hit`, … */
  result: string;
}

export interface GatewayFacts {
  answers: boolean;
  /** Why it does not answer. */
  problem: { code: string; message: string } | undefined;
  version: string | undefined;
  /** Each is `undefined` where the gateway could not say. */
  credentials: Credential[] | undefined;
  jobs: JobFacts[] | undefined;
  running: RunningSession[] | undefined;
  /** Accounts of channels that are set up, switched on, and not connected. */
  channelsDown: ChannelDown[] | undefined;
}

export interface ChannelDown {
  id: string;
  /** As people know it: Telegram. */
  label: string;
  /** Where a channel has more than one. */
  account: string | undefined;
  error: string | undefined;
}

export interface Credential {
  provider: string;
  name: string;
  status: string;
  /** The gateway renews it by itself before it ends. */
  renews: boolean;
  /** Milliseconds since the epoch. */
  expiresAt: number | undefined;
}

export interface JobFacts {
  id: string;
  name: string;
  missed: number;
  failuresInARow: number;
}

export interface RunningSession {
  key: string;
  title: string;
  /** For as long as the settings say nothing was heard of it, by the gateway's own clock. */
  stuck: boolean;
}

/** What only ever counts up while the machine runs. Stored, so that what happened while Clawmoor did not run is seen. */
export interface Counters {
  bootId: string;
  oomKills: number | null;
  restarts: number | null;
}
