import { createPool, type ReachState } from '../../backend/src/adapters/ssh/pool.ts';
import { createDialer, type Dial } from '../../backend/src/lib/egress.ts';
import type { HostPool, SshTarget } from '../../backend/src/lib/host.ts';

export const dial: Dial = createDialer({ privateHosts: 'all', ownPorts: () => [] });

/** A pool of connections to one server, as the backend makes it. */
export function poolTo(target: SshTarget, onState?: (state: ReachState) => void): HostPool {
  return createPool({ targetOf: async () => target, dial, ...(onState && { onState: (_id, state) => onState(state) }) });
}
