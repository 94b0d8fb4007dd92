import type { Approval } from '@clawmoor/shared/approvals.ts';
import { useResolveApproval } from '../../api/approval-queries.ts';
import { ApiError } from '../../api/client.ts';
import { haptic } from '../../telegram/controls.ts';
import { confirm } from '../../telegram/popup.ts';
import { Failed, StateWord } from '../../ui/parts.tsx';
import { approvals as text } from '../../words/en/approvals.ts';
import { sentenceOf } from '../../words/problems.ts';
import { when } from '../../words/times.ts';
import { fill } from '../../words/words.ts';
import { stretchesOf } from './hostile.ts';

export type Answer = 'allow-once' | 'deny';

export interface ApprovalCardProps {
  approval: Approval;
  serverName: string;
  /** A link led here. */
  named: boolean;
  now: number;
  /** It is no longer among those that wait. */
  gone: boolean;
  answer: Answer | undefined;
  answered: (answer: Answer) => void;
}

/** One command that an agent wants to run. Everything in it was written by a model: it is text, in the order in which a shell reads it. */
export function ApprovalCard({ approval, serverName, named, now, gone, answer, answered }: ApprovalCardProps) {
  const resolve = useResolveApproval(approval);
  const stretches = stretchesOf(approval.command);
  const doubtful = approval.clipped || approval.warnings.length > 0 || stretches.some(({ strange }) => strange);
  const give = async (decision: Answer): Promise<void> => {
    if (decision === 'allow-once' && doubtful && !(await confirm(text.allowAsk, text.allow))) return;
    resolve.mutate(decision, {
      onSuccess: () => {
        haptic('success');
        answered(decision);
      },
    });
  };
  const lost = resolve.error instanceof ApiError && ['approval.already_resolved', 'approval.not_found'].includes(resolve.error.code);
  return (
    <article className={named ? 'card named' : 'card'} aria-label={`${text.command}: ${approval.command.slice(0, 80)}`}>
      <p className="line-between">
        <strong>
          <bdi>{serverName}</bdi>
        </strong>
        {approval.createdAt !== null && <span className="hint">{fill(text.asked, { time: when(approval.createdAt, now) })}</span>}
      </p>
      <pre className="line command" tabIndex={0} aria-label={text.command}>
        <bdo dir="ltr">{stretches.map(({ text: part, strange }, at) => (strange ? <mark key={at}>{part}</mark> : part))}</bdo>
      </pre>
      {stretches.some(({ strange }) => strange) && <p className="warn">{text.strange}</p>}
      {approval.clipped && <p className="warn">{text.clipped}</p>}
      {approval.warnings.length > 0 && (
        <>
          <h3>{text.warnings}</h3>
          <ul>
            {approval.warnings.map((warning) => (
              <li key={warning}>
                <bdi>{warning}</bdi>
              </li>
            ))}
          </ul>
        </>
      )}
      <ul className="facts">
        <Fact name={text.agent} value={approval.agentId} />
        <Fact name={text.folder} value={approval.cwd} />
        <Fact name={text.session} value={approval.sessionKey} />
      </ul>
      <div role="status">
        {answer !== undefined ? (
          <StateWord tone={answer === 'deny' ? 'idle' : 'good'}>{answer === 'deny' ? text.denied : text.allowed}</StateWord>
        ) : lost ? (
          <StateWord tone="warn">{sentenceOf(resolve.error as ApiError).message}</StateWord>
        ) : gone ? (
          <StateWord tone="idle">{text.gone}</StateWord>
        ) : null}
      </div>
      {resolve.isError && !lost && <Failed error={resolve.error} />}
      {answer === undefined && !gone && !lost && (
        <>
          {approval.expiresAt !== null && <p className="hint">{fill(text.expires, { time: when(approval.expiresAt, now) })}</p>}
          <div className="actions even">
            {approval.decisions.includes('deny') && (
              <button type="button" className="button danger" disabled={resolve.isPending} onClick={() => void give('deny')}>
                {text.deny}
              </button>
            )}
            {approval.decisions.includes('allow-once') && (
              <button type="button" className="button" disabled={resolve.isPending} onClick={() => void give('allow-once')}>
                {text.allow}
              </button>
            )}
          </div>
        </>
      )}
    </article>
  );
}

const Fact = ({ name, value }: { name: string; value: string | null }) => (
  <li>
    <span>{name}</span>
    <span className="hint">{value === null ? text.unknown : <bdi dir="ltr">{value}</bdi>}</span>
  </li>
);
