import { ApiError } from '../../api/client.ts';
import { useAgents } from '../../api/openclaw-queries.ts';
import { useUpdateSkill } from '../../api/skill-queries.ts';
import { haptic } from '../../telegram/controls.ts';
import { Failed } from '../../ui/parts.tsx';
import { skills as text } from '../../words/en/skills.ts';
import { fill } from '../../words/words.ts';
import { askTwice } from './twice.ts';

/** The newest of what came from ClawHub, by the same rules as when it was installed. */
export function UpdateSkill({ serverId, skillKey, name }: { serverId: string; skillKey: string; name: string }) {
  const update = useUpdateSkill(serverId, skillKey);
  const agents = useAgents(serverId);
  const agentId = agents.data?.find(({ isDefault }) => isDefault)?.id;
  const unchecked = update.error instanceof ApiError && update.error.code === 'skill.unconfirmed';
  const run = (confirmed: boolean): void =>
    update.mutate(
      { confirm: confirmed, agentId },
      {
        onSuccess: () => haptic('success'),
        onError(error) {
          if (!(error instanceof ApiError) || error.code !== 'skill.unconfirmed') return;
          void askTwice(name).then((meant) => meant && run(true));
        },
      },
    );
  return (
    <>
      {update.isError && !unchecked && <Failed error={update.error} />}
      {update.data && (
        <p className="hint" role="status">
          {fill(text.updated, { version: update.data.version ?? '?' })} {update.data.warning}
        </p>
      )}
      <button
        type="button"
        className="button plain"
        disabled={update.isPending || agents.isLoading}
        aria-busy={update.isPending}
        onClick={() => run(false)}
      >
        {text.update}
      </button>
    </>
  );
}
