import { readBefore, type Before } from './before.ts';
import { updateBlocked } from './openclaw-update.problems.ts';
import { outputOf, unharmed } from './unharmed.ts';
import type { PlanParts, UpdateContext, UpdateStep } from './update.plan.ts';

/** OpenClaw's own backup, verified, while the gateway runs: the way back for later, when the copy of this update is gone. */
export const backupStep = ({ backup, gateways }: PlanParts): UpdateStep => ({
  key: 'backup',
  title: 'Make and verify a backup',
  deadlineMs: 60 * 60_000,
  done: async ({ host, input }) => {
    const before = await readBefore(host, input.id);
    return before !== undefined && backup.exists(host, before.backup);
  },
  apply: (context) =>
    unharmed(gateways, context, async () => {
      const { backup: name } = await mustRead(context);
      await context.detached({ name: `backup-${name}`, script: backup.script(name) }).catch((error: unknown) => {
        throw backup.explain(outputOf(error).output);
      });
    }),
});

export async function mustRead({ host, input }: UpdateContext): Promise<Before> {
  const before = await readBefore(host, input.id);
  if (!before) throw updateBlocked(['What was written down about it on the server is gone.'], '');
  return before;
}
