import type { PairingRequest } from '@clawmoor/shared/openclaw-channels.ts';
import { useAnswerPairing, usePairings } from '../../../api/channel-queries.ts';
import { haptic } from '../../../telegram/controls.ts';
import { confirm } from '../../../telegram/popup.ts';
import { Failed } from '../../../ui/parts.tsx';
import { channels as text } from '../../../words/en/channels.ts';
import { when } from '../../../words/times.ts';
import { fill } from '../../../words/words.ts';

/** Strangers who wrote to an agent: nobody answers them until somebody lets them in. */
export function Pairings({ id }: { id: string }) {
  const { data, isError, error } = usePairings(id, true);
  if (isError && !data) return <Failed error={error} />;
  if (!data || data.length === 0) return null;
  return (
    <section>
      <h2>{text.knocking}</h2>
      {data.map((request) => (
        <Request key={`${request.channel} ${request.id}`} id={id} request={request} />
      ))}
    </section>
  );
}

function Request({ id, request }: { id: string; request: PairingRequest }) {
  const answer = useAnswerPairing(id, request);
  const give = async (letIn: boolean): Promise<void> => {
    if (letIn && !(await confirm(fill(text.letInAsk, { name: request.sender }), text.letIn))) return;
    answer.mutate(letIn, { onSuccess: () => haptic('success') });
  };
  return (
    <article className="card">
      <p className="line-between">
        <strong>
          <bdi>{request.sender}</bdi>
        </strong>
        <span className="tag">
          <bdi>{request.channel}</bdi>
        </span>
      </p>
      <p className="hint">
        {request.createdAt !== null && fill(text.asked, { time: when(request.createdAt) })}
        {request.expiresAt !== null && ` · ${fill(text.expires, { time: when(request.expiresAt) })}`}
      </p>
      {answer.isError && <Failed error={answer.error} />}
      <div className="actions even">
        <button type="button" className="button danger" disabled={answer.isPending} onClick={() => void give(false)}>
          {text.turnAway}
        </button>
        <button type="button" className="button" disabled={answer.isPending} onClick={() => void give(true)}>
          {text.letIn}
        </button>
      </div>
    </article>
  );
}
