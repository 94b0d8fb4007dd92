import { useLocation } from 'wouter';
import type { ConfigChange } from '@clawmoor/shared/openclaw-config.ts';
import { useConfigHistory, useUndoConfig } from '../../../api/config-queries.ts';
import { haptic } from '../../../telegram/controls.ts';
import { Diff } from '../../../ui/diff.tsx';
import { EmptyState, Failed, Show, StateWord, type Tone } from '../../../ui/parts.tsx';
import { Screen } from '../../../ui/screen.tsx';
import { config as text } from '../../../words/en/config.ts';
import { ago, fill } from '../../../words/words.ts';
import { shown } from './review.tsx';

const TONES: Record<ConfigChange['state'], Tone> = {
  applied: 'good',
  watched: 'warn',
  restored: 'bad',
  restore_failed: 'bad',
  undone: 'idle',
};

/** What was changed from here, each with its way back. */
export function ConfigHistory({ id }: { id: string }) {
  const history = useConfigHistory(id);
  return (
    <Screen title={text.history}>
      <Show
        query={history}
        empty={{ when: (all) => all.length === 0, face: <EmptyState title={text.historyEmpty}>{text.historyEmptyHelp}</EmptyState> }}
      >
        {(all) => all.map((change) => <Change key={change.id} id={id} change={change} />)}
      </Show>
    </Screen>
  );
}

function Change({ id, change }: { id: string; change: ConfigChange }) {
  const undo = useUndoConfig(id);
  const [, go] = useLocation();
  const takeBack = (): void =>
    undo.mutate(change.id, {
      onSuccess: ({ taskId }) => {
        haptic('success');
        if (taskId !== null) go(`/tasks/${taskId}`);
      },
    });
  return (
    <section className="card" aria-label={change.changes.map(({ path }) => path).join(', ')}>
      <p className="line-between">
        <StateWord tone={TONES[change.state]}>{text.states[change.state]}</StateWord>
        <span className="hint">{fill(text.by, { name: change.by.firstName, time: ago(change.at) })}</span>
      </p>
      {change.undoes !== null && <p className="hint">{text.undoes}</p>}
      {change.changes.map(({ path, before, after }) => (
        <div key={path} className="change">
          <p>
            <bdi dir="ltr" className="mono">
              {path}
            </bdi>
          </p>
          {shown(before) === shown(after) ? (
            <p className="hint">{text.secretChanges}</p>
          ) : (
            <Diff before={shown(before)} after={shown(after)} label={path} />
          )}
        </div>
      ))}
      {undo.isError && <Failed error={undo.error} />}
      {change.undoable ? (
        <button type="button" className="button plain" disabled={undo.isPending} aria-busy={undo.isPending} onClick={takeBack}>
          {text.undo}
        </button>
      ) : (
        change.state === 'applied' && <p className="hint">{text.notUndoable}</p>
      )}
    </section>
  );
}
