import { Link } from 'wouter';
import type { Budget } from '@clawmoor/shared/budgets.ts';
import { useBudgets, useCheckBudgets, useRemoveBudget, useUndoBudget } from '../../../api/cost-queries.ts';
import { haptic } from '../../../telegram/controls.ts';
import { confirm } from '../../../telegram/popup.ts';
import { Failed, Show, StateWord } from '../../../ui/parts.tsx';
import { costs as text } from '../../../words/en/costs.ts';
import { sentenceOf } from '../../../words/problems.ts';
import { dollars } from '../../../words/times.ts';
import { ago, fill, number } from '../../../words/words.ts';
import { shareOf, toneOf } from './share.ts';

/** The limits of a server, how near they are, and what was done at the end of one. */
export function Budgets({ id, mayChange }: { id: string; mayChange: boolean }) {
  const budgets = useBudgets(id);
  const check = useCheckBudgets(id);
  return (
    <section>
      <h2>{text.budgets}</h2>
      <Show query={budgets} rows={1} empty={{ when: (all) => all.length === 0, face: <p className="card hint">{text.noBudgets}</p> }}>
        {(all) => (
          <>
            {all.map((budget) => (
              <BudgetCard key={budget.id} id={id} budget={budget} mayChange={mayChange} />
            ))}
            {mayChange && (
              <button
                type="button"
                className="button plain wide"
                disabled={check.isPending}
                aria-busy={check.isPending}
                onClick={() => check.mutate(undefined)}
              >
                {check.isPending ? text.checking : text.check}
              </button>
            )}
            {check.isError && <Failed error={check.error} />}
          </>
        )}
      </Show>
    </section>
  );
}

function BudgetCard({ id, budget, mayChange }: { id: string; budget: Budget; mayChange: boolean }) {
  const remove = useRemoveBudget(id, budget);
  const undo = useUndoBudget(id, budget);
  const askToRemove = async (): Promise<void> => {
    if (await confirm(text.removeAsk, text.remove)) remove.mutate(undefined, { onSuccess: () => haptic('success') });
  };
  const problem = budget.problem && sentenceOf(budget.problem);
  const share = shareOf(budget);
  const who = budget.agentId ?? text.allAgents;
  return (
    <article className="card" aria-label={`${who} ${text.periods[budget.period]}`}>
      <p className="line-between">
        <strong>
          <bdi>{who}</bdi>
        </strong>
        <StateWord tone={toneOf(share)}>
          {share < 50 ? text.within : fill(share > 100 ? text.over : text.reached, { percent: number(share) })}
        </StateWord>
      </p>
      <p>
        {fill(text.spentOf, { spent: budget.spentUsd === null ? '–' : dollars(budget.spentUsd), limit: dollars(budget.limitUsd) })}{' '}
        <span className="hint">{text.periods[budget.period]}</span>
      </p>
      <progress
        className={share >= 100 ? 'bad' : undefined}
        max={budget.limitUsd}
        value={Math.min(budget.limitUsd, budget.spentUsd ?? 0)}
        aria-label={text.spent}
      />
      <p className="hint">
        {text.policies[budget.policy]}
        {budget.cheaperModel !== null && (
          <>
            : <bdi dir="ltr">{budget.cheaperModel}</bdi>
          </>
        )}
      </p>
      {budget.done.length > 0 && (
        <div className="notice warn">
          <strong>{text.done}</strong>
          <ul>
            {budget.done.map((what) => (
              <li key={what}>{what}</li>
            ))}
          </ul>
        </div>
      )}
      {budget.overridden && <p className="hint">{text.overridden}</p>}
      {problem && <p className="bad">{problem.message}</p>}
      <p className="hint">{budget.checkedAt === null ? text.unchecked : fill(text.checked, { time: ago(budget.checkedAt) })}</p>
      {mayChange && (
        <div className="actions">
          {budget.done.length > 0 && (
            <button
              type="button"
              className="button small"
              disabled={undo.isPending}
              aria-busy={undo.isPending}
              onClick={() => undo.mutate(undefined, { onSuccess: () => haptic('success') })}
            >
              {text.undo}
            </button>
          )}
          <Link href={`/servers/${id}/budgets/${budget.id}`} className="button small plain">
            {text.change}
          </Link>
          <button type="button" className="button small danger" disabled={remove.isPending} onClick={() => void askToRemove()}>
            {text.remove}
          </button>
        </div>
      )}
      {undo.isError && <Failed error={undo.error} />}
      {remove.isError && <Failed error={remove.error} />}
    </article>
  );
}
