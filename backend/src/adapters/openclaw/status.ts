import * as z from 'zod/mini';
import type { GatewayStatus } from '@clawmoor/shared/openclaw.ts';
import { iso } from '../../lib/clock.ts';
import { Problem } from '../../lib/problem.ts';
import type { Hello } from './frames.ts';
import { isNewerThanTested } from './tested.ts';

const NOTHING: GatewayStatus = {
  state: 'connecting',
  code: null,
  message: null,
  fix: null,
  version: null,
  newerThanTested: false,
  protocol: null,
  port: null,
  via: null,
  agents: null,
  connectedAt: null,
};

const AgentsList = z.object({ agents: z.array(z.unknown()) });

interface Facts {
  hello: Hello;
  port: number;
  via: 'forward' | 'bridge';
  connectedAt: number;
  /** The gateway's answer to `agents.list`. */
  agents: unknown;
}

export function readyStatus({ hello, port, via, connectedAt, agents }: Facts): GatewayStatus {
  const list = AgentsList.safeParse(agents);
  const { version } = hello.server;
  return {
    ...NOTHING,
    state: 'ready',
    version: version.slice(0, 64),
    newerThanTested: isNewerThanTested(version),
    protocol: hello.protocol,
    port,
    via,
    agents: list.success ? list.data.agents.length : null,
    connectedAt: iso(connectedAt),
  };
}

export function failedStatus(error: unknown): GatewayStatus {
  if (!(error instanceof Problem))
    return { ...NOTHING, state: 'unreachable', code: 'internal.unexpected', message: 'The server could not be asked', fix: 'Try again.' };
  return { ...NOTHING, state: stateAfter(error), code: error.code, message: error.message, fix: error.fix ?? null };
}

function stateAfter({ code }: Problem): GatewayStatus['state'] {
  if (code === 'gateway.not_set_up') return 'not_set_up';
  if (code === 'gateway.token_mismatch' || code === 'gateway.scope_missing') return 'auth_failed';
  if (code === 'gateway.incompatible' || code === 'gateway.method_unknown') return 'incompatible';
  // It has just started and loads what it needs.
  if (code === 'gateway.busy') return 'connecting';
  return code.startsWith('gateway.') ? 'gateway_down' : 'unreachable';
}
