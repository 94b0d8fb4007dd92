import * as z from 'zod/mini';
import { RagVia } from '@clawmoor/shared/rag-agents.ts';

export const InstallInput = z.object({ trial: z.boolean() });
export type InstallInput = z.output<typeof InstallInput>;

export const SkillInput = z.object({
  agentId: z.string(),
  /** In whose name the configuration of the gateway is changed. */
  by: z.string(),
});
export type SkillInput = z.output<typeof SkillInput>;

export const EnableInput = z.extend(SkillInput, { via: z._default(RagVia, 'plugin'), trial: z._default(z.boolean(), false) });
export type EnableInput = z.output<typeof EnableInput>;

export const FollowInput = z.object({ agentId: z.string(), jobId: z.string() });
export type FollowInput = z.output<typeof FollowInput>;

export const ReindexInput = z.object({
  agentId: z.string(),
  full: z.boolean(),
  /** The newest job at the time of asking: what is newer may be ours. */
  newest: z.nullable(z.string()),
});
export type ReindexInput = z.output<typeof ReindexInput>;

export const NoSecrets = z.object({});
