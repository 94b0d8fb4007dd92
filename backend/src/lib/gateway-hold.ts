import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod/mini';
import { askGateway, refusedWith } from './gateway-answer.ts';
import type { Gateways } from './gateway.ts';

const TRIES = 4;

/** One value of the gateway's configuration that is to be another. */
export interface Wanted {
  path: readonly string[];
  value: unknown;
}

/** What was changed: `before` is `null` where nothing was set. */
export const Held = z.object({ path: z.array(z.string()), before: z.unknown(), set: z.unknown() });
export type Held = z.output<typeof Held>;

const ConfigAnswer = z.object({ hash: z.string(), config: z.record(z.string(), z.unknown()) });
export type Config = z.output<typeof ConfigAnswer>['config'];

export interface Holding {
  gateways: Pick<Gateways, 'request'>;
  serverId: string;
  signal: AbortSignal;
}

/**
 * Sets values in one write, and answers what they were, so that exactly this can be taken back. What stands already is left out.
 * `remember` is called before the write: a crash in between loses nothing.
 */
export const hold = (
  holding: Holding,
  wanted: (config: Config) => Wanted[],
  remember: (held: Held[]) => Promise<void> = async () => {},
): Promise<Held[]> =>
  change(holding, async (config) => {
    const held = wanted(config)
      .map(({ path, value }) => ({ path: [...path], before: valueAt(config, path) ?? null, set: value }))
      .filter(({ before, set }) => !isDeepStrictEqual(before, set));
    if (held.length > 0) await remember(held);
    return { result: held, patch: held.map(({ path, set }) => ({ path, value: set })) };
  });

/** Takes it back, but for what somebody has changed since. Answers what was taken back. */
export const release = (holding: Holding, held: readonly Held[]): Promise<Held[]> =>
  change(holding, async (config) => {
    const ours = held.filter(({ path, set }) => isDeepStrictEqual(valueAt(config, path), set));
    return { result: ours, patch: ours.map(({ path, before }) => ({ path, value: before })) };
  });

async function change<T>(
  { gateways, serverId, signal }: Holding,
  plan: (config: Config) => Promise<{ result: T; patch: Wanted[] }>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    const { hash, config } = await askGateway(gateways, serverId, { method: 'config.get', as: 'control', answers: ConfigAnswer, signal });
    const { result, patch } = await plan(config);
    if (patch.length === 0) return result;
    const params = { raw: JSON.stringify(nested(patch)), baseHash: hash };
    try {
      await gateways.request(serverId, { method: 'config.patch', params, as: 'control', signal });
      return result;
    } catch (error) {
      if (tries >= TRIES || !refusedWith(error, /config changed since/i)) throw error;
    }
  }
}

function valueAt(config: unknown, path: readonly string[]): unknown {
  let at = config;
  for (const key of path) at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  return at;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function nested(wanted: readonly Wanted[]): Record<string, unknown> {
  const whole: Record<string, unknown> = Object.create(null);
  for (const { path, value } of wanted) {
    let at = whole;
    for (const key of path.slice(0, -1)) at = (at[key] ??= Object.create(null)) as Record<string, unknown>; // made here, a line above
    at[path.at(-1) ?? ''] = value;
  }
  return whole;
}

/** Nothing runs by the clock: no schedule, no heartbeat, which is one. */
export const schedulesOff = (): Wanted[] => [{ path: ['cron', 'enabled'], value: false }];

// These stand beside the channels and are none.
const NO_CHANNEL = new Set(['defaults', 'modelByChannel']);

/** Every channel that is on. */
export const channelsOff = ({ channels }: Config): Wanted[] =>
  Object.entries(isObject(channels) ? channels : {})
    .filter(([id, channel]) => !NO_CHANNEL.has(id) && isObject(channel) && channel['enabled'] !== false)
    .map(([id]) => ({ path: ['channels', id, 'enabled'], value: false }));

/** The model of all agents, or of one. Lists of fallbacks stay: the gateway refuses to shorten them in passing. */
export function modelSetTo(config: Config, model: string, agentId: string | null): Wanted[] {
  const agents = isObject(config['agents']) ? config['agents'] : {};
  const entries = isObject(agents['entries']) ? agents['entries'] : {};
  const own = Object.entries(entries).filter(([id, entry]) =>
    agentId === null ? isObject(entry) && entry['model'] !== undefined : id === agentId,
  );
  const places = [...(agentId === null ? [['agents', 'defaults', 'model']] : []), ...own.map(([id]) => ['agents', 'entries', id, 'model'])];
  return places.map((path) => ({ path: isObject(valueAt(config, path)) ? [...path, 'primary'] : path, value: model }));
}
