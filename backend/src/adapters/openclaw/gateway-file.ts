import * as z from 'zod/mini';
import type { Host } from '../../lib/host.ts';
import { authModeUnsupported, badAnswer, notSetUp, tokenElsewhere } from './gateway.problems.ts';

/** Relative to the login's home. The private files of OpenClaw that are read: nothing else tells port and token. */
const CONFIG_FILE = '.openclaw/openclaw.json';
const ENV_FILE = '.openclaw/.env';
export const DEFAULT_PORT = 18_789;

const SecretRef = z.looseObject({ source: z.string(), id: z.optional(z.string()) });
const ConfigFile = z.looseObject({
  gateway: z.optional(
    z.looseObject({
      port: z.optional(z.int().check(z.minimum(1), z.maximum(65_535))),
      auth: z.optional(z.looseObject({ mode: z.optional(z.string()), token: z.optional(z.union([z.string(), SecretRef])) })),
    }),
  ),
});

export interface GatewayAccess {
  port: number;
  /** `undefined`: the gateway has none. */
  token: string | undefined;
}

/**
 * Where the gateway listens and what it wants to hear. The token stays in memory. One that the file only points to is looked up
 * in OpenClaw's `.env`; other places (the service's environment, a file, a command) cannot be asked, and the error says so.
 * Throws `gateway.not_set_up`, `gateway.bad_answer`, `gateway.token_mismatch`.
 */
export async function readGatewayAccess(host: Host, signal?: AbortSignal): Promise<GatewayAccess> {
  const options = signal ? { signal } : {};
  const text = await host.readFile(CONFIG_FILE, options);
  if (text === undefined) throw notSetUp();
  const config = ConfigFile.safeParse(parseJson(text));
  if (!config.success) throw badAnswer('its configuration file');
  const { port = DEFAULT_PORT, auth = {} } = config.data.gateway ?? {};
  if (auth.mode !== undefined && auth.mode !== 'token' && auth.mode !== 'none') throw authModeUnsupported(auth.mode.slice(0, 32));
  const named = typeof auth.token === 'string' ? /^\$\{([A-Z_][A-Z0-9_]*)\}$/.exec(auth.token)?.[1] : undefined;
  if (typeof auth.token !== 'object' && named === undefined) return { port, token: auth.token };
  const { source, id = '' } = typeof auth.token === 'object' ? auth.token : { source: 'env', id: named };
  const token = source === 'env' ? valueIn((await host.readFile(ENV_FILE, options)) ?? '', id) : undefined;
  if (token === undefined) throw tokenElsewhere(`${source.slice(0, 16)} ${id.slice(0, 64)}`.trim());
  return { port, token };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The value of `NAME=value`, with or without `export` and quotes. */
function valueIn(env: string, name: string): string | undefined {
  for (const line of env.split('\n')) {
    const at = line.indexOf('=');
    if (
      at < 0 ||
      line
        .slice(0, at)
        .trim()
        .replace(/^export\s+/, '') !== name
    )
      continue;
    // `trim`, not a lazy pattern before `\s*$`: on a megabyte of blanks that would take hours.
    const value = line.slice(at + 1).trim();
    return /^(["']).*\1$/.test(value) ? value.slice(1, -1) : value;
  }
  return undefined;
}
