import * as z from 'zod/mini';
import { Bind } from '@clawmoor/shared/setup.ts';

/** What a person chose, without its key: that travels among the task's secrets. */
export const ProviderInput = z.object({
  kind: z.enum(['openai-compatible', 'anthropic', 'openai', 'ollama', 'none']),
  baseUrl: z.optional(z.string()),
  model: z.optional(z.string()),
});
export type ProviderInput = z.output<typeof ProviderInput>;

/** Everything that any setup task can be told; each plan reads its part. Stored with the task, so only optional keys may be added. */
export const SetupInput = z.object({
  version: z.optional(z.string()),
  provider: z.optional(ProviderInput),
  port: z.optional(z.number()),
  bind: z.optional(Bind),
  agent: z.optional(z.object({ name: z.optional(z.string()), model: z.optional(z.string()) })),
  component: z.optional(z.literal('node')),
  /** The local trial: no systemd, a port of its own. */
  trial: z.optional(z.boolean()),
});
export type SetupInput = z.output<typeof SetupInput>;

export const SetupSecrets = z.object({ apiKey: z.optional(z.string()) });
