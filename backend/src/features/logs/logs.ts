import * as z from 'zod/mini';
import type { LogPage } from '@clawmoor/shared/openclaw-daily.ts';
import type { Role } from '@clawmoor/shared/route.ts';
import { askGateway } from '../../lib/gateway-answer.ts';
import type { Gateways } from '../../lib/gateway.ts';
import type { HostPool } from '../../lib/host.ts';
import { Problem } from '../../lib/problem.ts';
import { readLogLine } from '../../lib/gateway-log-line.ts';
import { lastLines } from './last-lines.ts';

// 500 lines of the gateway's own, which carry a lot besides the message.
const MOST_BYTES = 1_000_000;
const MOST_FILES_KNOWN = 1_000;

const Tail = z.object({
  file: z.nullish(z.string()),
  cursor: z.number(),
  lines: z.array(z.string()),
  truncated: z.nullish(z.boolean()),
  reset: z.nullish(z.boolean()),
});

export interface LogQuestion {
  serverId: string;
  role: Role;
  limit: number;
  cursor: string | undefined;
  signal: AbortSignal;
}

export type Logs = ReturnType<typeof createLogs>;

/** The log of a gateway: from itself, or over SSH when it is down. */
export function createLogs({ gateways, hosts }: { gateways: Gateways; hosts: HostPool }) {
  // Where the gateway said that it writes, for the time when it is down.
  const files = new Map<string, string>();

  async function fromGateway({ serverId, role, limit, cursor, signal }: LogQuestion): Promise<LogPage> {
    const params = { limit, maxBytes: MOST_BYTES, ...(cursor !== undefined && { cursor: Number(cursor) }) };
    const tail = await askGateway(gateways, serverId, { method: 'logs.tail', params, as: role, answers: Tail, signal });
    if (tail.file) {
      if (files.size >= MOST_FILES_KNOWN) files.clear();
      files.set(serverId, tail.file);
    }
    return {
      source: 'gateway',
      because: null,
      lines: tail.lines.slice(-limit).map(readLogLine),
      cursor: String(tail.cursor),
      reset: tail.reset ?? false,
      truncated: (tail.truncated ?? false) || tail.lines.length > limit,
    };
  }

  return {
    async read(question: LogQuestion): Promise<LogPage> {
      try {
        return await fromGateway(question);
      } catch (error) {
        if (!(error instanceof Problem) || !mayBeDown(error)) throw error;
        const { serverId, limit, signal } = question;
        const { source, lines } = await hosts.with(serverId, (host) => lastLines(host, { limit, file: files.get(serverId), signal }), {
          signal,
        });
        const shown = lines.slice(-limit).map(readLogLine);
        return { source, because: error.message, lines: shown, cursor: null, reset: true, truncated: lines.length >= limit };
      }
    },
  };
}

/** The server is reached, but its gateway does not say. */
const mayBeDown = ({ code }: Problem): boolean =>
  code.startsWith('gateway.') && code !== 'gateway.scope_missing' && code !== 'gateway.refused' && code !== 'gateway.not_set_up';
