import type { Config } from '../config.ts';
import { checkHostLiteral, createDialer, type Dial, type EgressPolicy } from '../lib/egress.ts';
import type { Overrides } from './overrides.ts';

export interface Egress {
  /** Our own listening ports: never dialled on an address of this machine. */
  ownPorts: number[];
  dial: Dial;
  /** To what the operator's configuration names, and no person: it may be private. */
  dialForOperator: Dial;
  /** Throws `server.host_not_allowed`. */
  checkHost: (host: string, port: number) => void;
}

/** What this installation may connect to, as its configuration says. */
export function createEgress({ privateHosts }: Config, trialPort: () => number | undefined, resolve: Overrides['resolve']): Egress {
  const ownPorts: number[] = [];
  const policy: EgressPolicy = { privateHosts, ownPorts: () => ownPorts, trialPort, ...(resolve && { resolve }) };
  const dialForOperator = createDialer({ ...policy, privateHosts: 'all' });
  return { ownPorts, dial: createDialer(policy), dialForOperator, checkHost: (host, port) => checkHostLiteral(host, port, policy) };
}
