import * as z from 'zod/mini';
import type { ConfigSchema } from '@clawmoor/shared/openclaw-config.ts';
import type { Gateways } from '../../lib/gateway.ts';
import { Problem } from '../../lib/problem.ts';
import type { Patch } from './config-diff.ts';
import { masked, type Json } from './config-values.ts';
import { badConfig, changedMeanwhile, configInvalid, pathUnknown } from './openclaw-config.problems.ts';

// A patch is validated, journalled and reloaded: 0.4–1.5 s on a quick machine.
const PATCH_WITHIN_MS = 45_000;
const MOST_CHILDREN = 500;

const AnyObject = z.record(z.string(), z.unknown());
/** `sourceConfig` is what the file says with its includes; the others have defaults and variables filled in. */
const Snapshot = z.object({
  hash: z.optional(z.string()),
  sourceConfig: z.optional(AnyObject),
  parsed: z.optional(z.nullable(AnyObject)),
  config: z.optional(AnyObject),
});
const Patched = z.object({
  hash: z.optional(z.string()),
  noop: z.optional(z.boolean()),
  config: z.optional(AnyObject),
  sentinel: z.optional(
    z.nullable(
      z.looseObject({
        payload: z.optional(z.looseObject({ stats: z.optional(z.looseObject({ requiresRestart: z.optional(z.boolean()) })) })),
      }),
    ),
  ),
});
const text = z.catch(z.optional(z.string()), undefined);
const Hint = z.catch(z.object({ label: text, help: text, advanced: z.optional(z.boolean()), sensitive: z.optional(z.boolean()) }), {
  label: undefined,
  help: undefined,
});
const Reload = z.catch(z.enum(['hot', 'restart', 'none']), 'restart');
const Lookup = z.object({
  path: z.string(),
  schema: z.optional(z.unknown()),
  reloadKind: Reload,
  hint: z.optional(Hint),
  children: z.catch(
    z.array(
      z.object({
        key: z.string(),
        path: z.string(),
        type: z.catch(z.optional(z.string()), undefined),
        hasChildren: z.catch(z.boolean(), false),
        reloadKind: Reload,
        hint: z.optional(Hint),
      }),
    ),
    [],
  ),
});

export interface ConfigSnapshot {
  config: Json;
  hash: string;
}

/** The configuration as the gateway tells it, and what it says of its paths. Nothing here reads OpenClaw's file. */
export function gatewayConfig(gateways: Gateways) {
  return {
    /** With the secrets that the gateway knows redacted; `masked` finds the rest. */
    async read(serverId: string, signal?: AbortSignal): Promise<ConfigSnapshot> {
      const answer = Snapshot.safeParse(await gateways.request(serverId, { method: 'config.get', as: 'admin', ...(signal && { signal }) }));
      const config = answer.success ? (answer.data.sourceConfig ?? answer.data.parsed ?? answer.data.config) : undefined;
      if (!answer.success || !config || answer.data.hash === undefined) throw badConfig();
      return { config, hash: answer.data.hash };
    },
    /** Throws `config.path_unknown`. The whole schema is 2 MB; this is one path of it. */
    async schema(serverId: string, path: string, signal?: AbortSignal): Promise<ConfigSchema> {
      const call = { method: 'config.schema.lookup', params: { path: lookupPath(path) }, as: 'admin', ...(signal && { signal }) } as const;
      const found = Lookup.safeParse(
        await gateways.request(serverId, call).catch((error: unknown) => {
          throw error instanceof Problem && error.code === 'gateway.refused' ? pathUnknown(path) : error;
        }),
      );
      if (!found.success) throw badConfig();
      const { schema, reloadKind, hint, children } = found.data;
      return {
        path,
        label: hint?.label ?? null,
        help: hint?.help ?? null,
        isSecret: hint?.sensitive ?? false,
        reload: reloadKind,
        schema: schema ?? null,
        children: children.slice(0, MOST_CHILDREN).map((child) => ({
          key: child.key,
          path: child.path,
          type: child.type ?? null,
          label: child.hint?.label ?? null,
          help: child.hint?.help ?? null,
          hasChildren: child.hasChildren,
          advanced: child.hint?.advanced ?? false,
          isSecret: child.hint?.sensitive ?? false,
          reload: child.reloadKind,
        })),
      };
    },
    /** Throws `config.changed_meanwhile`, `config.invalid`. Not to be cut off by a caller who leaves: what was sent is done. */
    async patch(serverId: string, { patch, replacePaths }: Patch, baseHash: string) {
      const params = {
        raw: JSON.stringify(patch),
        baseHash,
        ...(replacePaths.length > 0 && { replacePaths }),
        note: 'changed in Clawmoor',
      };
      const answer = Patched.safeParse(
        await gateways.request(serverId, { method: 'config.patch', params, as: 'control', timeoutMs: PATCH_WITHIN_MS }).catch(explain),
      );
      if (!answer.success) throw badConfig();
      const { hash = baseHash, noop = false, config = {}, sentinel } = answer.data;
      return { hash, noop, config, restarts: sentinel?.payload?.stats?.requiresRestart === true };
    },
  };
}

/** As the lookup wants it: dots alone, and a star where a key has a dot of its own. */
const lookupPath = (path: string): string => path.replace(/\["[^"]*"\]/g, '.*').replace(/^\./, '');

function explain(error: unknown): never {
  if (!(error instanceof Problem) || error.code !== 'gateway.refused') throw error;
  if (/changed since last load|base hash/i.test(error.message)) throw changedMeanwhile();
  if (error.issues && error.issues.length > 0) throw configInvalid(error.issues);
  if (/invalid config|array path|config/i.test(error.message)) throw configInvalid([{ path: '', message: String(masked(error.message)) }]);
  throw error;
}
