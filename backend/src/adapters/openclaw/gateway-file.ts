import * as z from 'zod/mini';
import type { Host } from '../../lib/host.ts';
import { badAnswer, notSetUp } from './gateway.problems.ts';

/** Relative to the login's home. The one private file of OpenClaw that is read: nothing else tells port and token. */
const CONFIG_FILE = '.openclaw/openclaw.json';
export const DEFAULT_PORT = 18_789;

const ConfigFile = z.looseObject({
  gateway: z.optional(
    z.looseObject({
      port: z.optional(z.number()),
      auth: z.optional(z.looseObject({ mode: z.optional(z.string()), token: z.optional(z.unknown()) })),
    }),
  ),
});

export interface GatewayAccess {
  port: number;
  /** `undefined`: the gateway has none, or it is kept elsewhere (a SecretRef). */
  token: string | undefined;
}

/** Where the gateway listens and what it wants to hear. The token stays in memory. Throws `gateway.not_set_up`. */
export async function readGatewayAccess(host: Host, signal?: AbortSignal): Promise<GatewayAccess> {
  const text = await host.readFile(CONFIG_FILE, { ...(signal && { signal }) });
  if (text === undefined) throw notSetUp();
  const config = ConfigFile.safeParse(parseJson(text));
  if (!config.success) throw badAnswer('its configuration file');
  const { port = DEFAULT_PORT, auth } = config.data.gateway ?? {};
  return { port, token: typeof auth?.token === 'string' ? auth.token : undefined };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
