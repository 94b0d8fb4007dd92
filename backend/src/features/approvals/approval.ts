import * as z from 'zod/mini';
import type { Approval } from '@clawmoor/shared/approvals.ts';
import { iso } from '../../lib/clock.ts';
import { clip } from '../../lib/gateway-answer.ts';
import { visible } from '../../lib/hostile-text.ts';

const MOST_COMMAND = 8_000;
const MOST_WARNINGS = 20;

const text = z.nullish(z.string());
export const WireApproval = z.object({
  id: z.string(),
  createdAtMs: z.nullish(z.number()),
  expiresAtMs: z.nullish(z.number()),
  request: z.object({
    command: z.string(),
    cwd: text,
    agentId: text,
    sessionKey: text,
    warningText: text,
    commandAnalysis: z.nullish(z.object({ warningLines: z.nullish(z.array(z.string())) })),
    allowedDecisions: z.nullish(z.array(z.string())),
  }),
});

/** What a person decides about. Everything in it was chosen by a model, and perhaps by whoever wrote what the model has read. */
export function approvalOf({ id, createdAtMs, expiresAtMs, request }: z.output<typeof WireApproval>, serverId: string): Approval {
  const command = visible(request.command, { lines: true });
  const warnings = [request.warningText, ...(request.commandAnalysis?.warningLines ?? [])];
  const allowed = request.allowedDecisions ?? ['allow-once', 'deny'];
  return {
    id: id.slice(0, 128),
    serverId,
    command: command.slice(0, MOST_COMMAND),
    clipped: command.length > MOST_COMMAND,
    cwd: shown(request.cwd, 1_024),
    agentId: shown(request.agentId, 128),
    sessionKey: shown(request.sessionKey, 256),
    warnings: warnings.flatMap((warning) => shown(warning, 500) ?? []).slice(0, MOST_WARNINGS),
    createdAt: typeof createdAtMs === 'number' ? iso(createdAtMs) : null,
    expiresAt: typeof expiresAtMs === 'number' ? iso(expiresAtMs) : null,
    decisions: (['allow-once', 'deny'] as const).filter((decision) => allowed.includes(decision)),
  };
}

const shown = (value: string | null | undefined, most: number): string | null => clip(value && visible(value), most);
