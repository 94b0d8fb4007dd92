import * as z from 'zod/mini';
import type { Gateways } from '../../lib/gateway.ts';
import type { Host } from '../../lib/host.ts';
import { UPDATES } from './server-script.ts';

/** What was true before the update: what it must be compared with afterwards. It lies on the server, beside what it is about. */
export const Before = z.object({
  id: z.string(),
  from: z.string(),
  to: z.string(),
  kind: z.enum(['user', 'system', 'supervised']),
  home: z.string(),
  root: z.string(),
  command: z.string(),
  state: z.string(),
  node: z.string(),
  port: z.number(),
  agents: z.array(z.string()),
  backup: z.string(),
});
export type Before = z.output<typeof Before>;

export const folderOf = (id: string): string => `${UPDATES}/${id}`;

/** `undefined`: the update has not begun, or is over and cleared away. */
export async function readBefore(host: Host, id: string): Promise<Before | undefined> {
  const text = await host.readFile(`${folderOf(id)}/before.json`);
  if (text === undefined) return undefined;
  try {
    const before = Before.safeParse(JSON.parse(text));
    return before.success && before.data.id === id ? before.data : undefined;
  } catch {
    return undefined;
  }
}

export const writeBefore = (host: Host, before: Before): Promise<void> =>
  host.writeFile(`${folderOf(before.id)}/before.json`, JSON.stringify(before));

/** Where the script on the server stands; an empty text before it has begun. */
export const phaseOf = async (host: Host, id: string): Promise<string> => ((await host.readFile(`${folderOf(id)}/phase`)) ?? '').trim();

const AgentIds = z.object({ agents: z.array(z.object({ id: z.string() })) });

export interface Answer {
  version: string;
  port: number;
  agents: string[];
}

/** A real call through the tunnel: version and agents. A text says why there is no answer. */
export async function askGateway(gateways: Gateways, serverId: string, signal: AbortSignal): Promise<Answer | string> {
  const status = await gateways.status(serverId, { signal });
  if (status.state !== 'ready' || status.version === null || status.port === null) return status.message ?? 'it does not answer';
  const listed = AgentIds.safeParse(await gateways.request(serverId, { method: 'agents.list', as: 'control', signal }));
  if (!listed.success) return 'its list of agents cannot be understood';
  return { version: status.version, port: status.port, agents: listed.data.agents.map(({ id }) => id).toSorted() };
}
