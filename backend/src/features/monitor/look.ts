import type { Clock } from '../../lib/clock.ts';
import type { Host, HostPool } from '../../lib/host.ts';
import type { HostFacts, Look } from '../../lib/look.ts';
import { Problem } from '../../lib/problem.ts';
import { lookAtGateway, type GatewayLookParts } from './gateway-look.ts';
import { readHostFacts } from './host-facts.ts';
import { lookScript } from './look.script.ts';
import { lookTooSlow } from './monitor.problems.ts';

/** A whole look, connecting included, takes no longer: the next one is due 40 s later. */
const LOOK_WITHIN_MS = 20_000;

/** A connection that is kept between looks. */
export interface Line {
  host: Host;
  gone: AbortSignal;
  release: () => void;
}

export interface LookParts extends GatewayLookParts {
  hosts: Pick<HostPool, 'hold'>;
  clock: Clock;
}

export interface Looked {
  look: Look;
  /** Still open, for the next look. */
  line: Line | undefined;
}

/** One look at a server, over `line` where it still stands. What the server or its gateway does wrong is in the answer; it throws only for `signal`. */
export async function lookAt(
  { hosts, clock, ...parts }: LookParts,
  serverId: string,
  { line: kept, stuckAfterMinutes, signal }: { line: Line | undefined; stuckAfterMinutes: number; signal: AbortSignal },
): Promise<Looked> {
  const deadline = AbortSignal.timeout(LOOK_WITHIN_MS);
  const within = AbortSignal.any([signal, deadline]);
  const at = clock.now();
  let line = kept;
  try {
    line ??= await hosts.hold(serverId, { signal: within });
    // One after the other: a look takes one of the four commands that the connection carries at a time.
    const host = await hostFacts(line.host, within);
    const gateway = await lookAtGateway(parts, serverId, { stuckAfterMinutes, signal: within });
    return { look: { serverId, at, problem: undefined, host, gateway, noGateway: gateway === undefined }, line };
  } catch (error) {
    line?.release();
    signal.throwIfAborted();
    const problem = deadline.aborted ? lookTooSlow() : error;
    if (!(problem instanceof Problem)) throw error;
    const { code, message } = problem;
    return { look: { serverId, at, problem: { code, message }, host: undefined, gateway: undefined, noGateway: false }, line: undefined };
  }
}

async function hostFacts(host: Host, signal: AbortSignal): Promise<HostFacts> {
  return readHostFacts((await host.run(lookScript, { signal })).stdout);
}
