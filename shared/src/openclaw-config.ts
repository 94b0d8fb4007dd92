import * as z from 'zod/mini';
import { Time } from './fields.ts';
import { route } from './route.ts';

/** What stands where a secret is; sent back, it means "leave it as it is". */
export const REDACTED = '__OPENCLAW_REDACTED__';

/** `gateway.port`, or `agents.defaults.models["openai/gpt-4.1"]` where a key has a dot of its own. */
export const ConfigPath = z
  .string()
  .check(
    z.minLength(1),
    z.maxLength(512),
    z.regex(/^(?:[\w/:@ -]+|\["[^"\\\p{Cc}]+"\])(?:\.[\w/:@ -]+|\["[^"\\\p{Cc}]+"\])*$/u, 'not a path'),
  );

const Change = z.strictObject({
  path: ConfigPath,
  /** Objects are merged, lists replaced whole; `null` removes. */
  value: z.unknown().check(z.refine((value) => value !== undefined, 'missing; null removes')),
});
const Changes = z.array(Change).check(z.minLength(1), z.maxLength(100));

export const ConfigWish = z.strictObject({
  /** `hash` of the configuration that was looked at. */
  baseHash: z.string().check(z.minLength(1), z.maxLength(256)),
  changes: Changes,
  /** The gateway is to be reachable from other machines, and the person knows it. */
  confirmExposed: z.optional(z.boolean()),
});
export type ConfigWish = z.output<typeof ConfigWish>;

/** `hot`: takes effect at once; `restart`: the gateway restarts; `none`: read when it is next needed. */
const ReloadKind = z.enum(['hot', 'restart', 'none']);

const ShownChange = z.object({ path: z.string(), before: z.unknown(), after: z.unknown() });

export const ConfigPreview = z.object({
  changes: z.array(z.object({ path: z.string(), before: z.unknown(), after: z.unknown(), reload: ReloadKind, isSecret: z.boolean() })),
  restarts: z.boolean(),
  /** What a person should know before saying yes. */
  risks: z.array(z.object({ path: z.string(), message: z.string() })),
});
export type ConfigPreview = z.output<typeof ConfigPreview>;

export const ConfigSchema = z.object({
  path: z.string(),
  label: z.nullable(z.string()),
  help: z.nullable(z.string()),
  isSecret: z.boolean(),
  reload: ReloadKind,
  /** JSON Schema of this path alone. */
  schema: z.unknown(),
  children: z.array(
    z.object({
      key: z.string(),
      path: z.string(),
      type: z.nullable(z.string()),
      label: z.nullable(z.string()),
      help: z.nullable(z.string()),
      hasChildren: z.boolean(),
      advanced: z.boolean(),
      isSecret: z.boolean(),
      reload: ReloadKind,
    }),
  ),
});
export type ConfigSchema = z.output<typeof ConfigSchema>;

/**
 * `applied`: stands. `watched`: the gateway restarts with it, and the old configuration is put back if it does not come back.
 * `restored`: it did not, and the old one is back. `undone`: a person took it back.
 */
const ChangeState = z.enum(['applied', 'watched', 'restored', 'restore_failed', 'undone']);

export const ConfigChange = z.object({
  id: z.string(),
  at: Time,
  by: z.object({ userId: z.string(), firstName: z.string() }),
  changes: z.array(ShownChange),
  restarts: z.boolean(),
  state: ChangeState,
  /** The change that this one takes back. */
  undoes: z.nullable(z.string()),
  /** Whether it can be taken back: values that are secret are not kept. */
  undoable: z.boolean(),
});
export type ConfigChange = z.output<typeof ConfigChange>;

export const ConfigApplied = z.object({
  hash: z.string(),
  changeId: z.nullable(z.string()),
  restarts: z.boolean(),
  /** The task that watches the gateway come back, and puts the old configuration back if it does not within 60 s. */
  taskId: z.nullable(z.string()),
});
export type ConfigApplied = z.output<typeof ConfigApplied>;

export const openclawConfigRoutes = {
  readConfig: route({
    method: 'get',
    path: '/servers/:id/openclaw/config',
    summary: 'The configuration of the gateway, its secrets redacted',
    access: 'server:admin',
    returns: z.object({ config: z.record(z.string(), z.unknown()), hash: z.string() }),
  }),
  readConfigSchema: route({
    method: 'get',
    path: '/servers/:id/openclaw/config/schema',
    summary: 'What one path of the configuration means, and what may stand there',
    access: 'server:admin',
    query: z.strictObject({ path: ConfigPath }),
    returns: ConfigSchema,
  }),
  previewConfig: route({
    method: 'post',
    path: '/servers/:id/openclaw/config/preview',
    summary: 'What changes would do, without making them',
    access: 'server:admin',
    limit: 'read',
    audit: 'openclaw.config_preview',
    body: z.strictObject({ changes: Changes }),
    returns: ConfigPreview,
  }),
  changeConfig: route({
    method: 'put',
    path: '/servers/:id/openclaw/config',
    summary: 'Change the configuration; a gateway that does not come back gets the old one again',
    access: 'server:admin',
    limit: 'submit',
    audit: 'openclaw.config_change',
    body: ConfigWish,
    returns: ConfigApplied,
  }),
  listConfigHistory: route({
    method: 'get',
    path: '/servers/:id/openclaw/config/history',
    summary: 'What was changed from here, newest first',
    access: 'server:admin',
    returns: z.object({ changes: z.array(ConfigChange) }),
  }),
  undoConfigChange: route({
    method: 'post',
    path: '/servers/:id/openclaw/config/history/:changeId/undo',
    summary: 'Take one change back',
    access: 'server:admin',
    limit: 'submit',
    audit: 'openclaw.config_undo',
    body: z.strictObject({}),
    returns: ConfigApplied,
  }),
};
