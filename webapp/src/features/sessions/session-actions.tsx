import { useState } from 'react';
import { useLocation } from 'wouter';
import type { Session } from '@clawmoor/shared/openclaw-sessions.ts';
import { useRemoveSession, useSessionChange, type SessionVerb } from '../../api/session-queries.ts';
import { haptic } from '../../telegram/controls.ts';
import { confirm } from '../../telegram/popup.ts';
import { List } from '../../ui/list.tsx';
import { Failed } from '../../ui/parts.tsx';
import { sessions as text } from '../../words/en/sessions.ts';

interface Action {
  verb: SessionVerb | 'remove';
  title: string;
  help?: string;
  ask: string;
}

/** Stop, sum up, begin anew, delete: each says what it means and asks before it does it. */
export function SessionActions({ serverId, session }: { serverId: string; session: Session }) {
  const change = useSessionChange(serverId, session.key);
  const remove = useRemoveSession(serverId, session.key);
  const [, go] = useLocation();
  const [done, setDone] = useState('');
  const busy = change.isPending || remove.isPending;
  const actions: Action[] = [
    ...(session.running ? [{ verb: 'abort' as const, title: text.stop, ask: text.stopAsk }] : []),
    { verb: 'compact', title: text.compact, help: text.compactHelp, ask: text.compactAsk },
    { verb: 'reset', title: text.reset, help: text.resetHelp, ask: text.resetAsk },
    { verb: 'remove', title: text.remove, help: text.removeHelp, ask: text.removeAsk },
  ];
  const run = async ({ verb, title, ask }: Action): Promise<void> => {
    if (busy || !(await confirm(ask, title))) return;
    setDone('');
    if (verb === 'remove')
      return remove.mutate(undefined, {
        onSuccess() {
          haptic('success');
          go(`/servers/${serverId}/sessions`, { replace: true });
        },
      });
    change.mutate(verb, {
      onSuccess(didSomething) {
        haptic('success');
        setDone(resultOf(verb, didSomething));
      },
    });
  };
  return (
    <section>
      <h2>{text.actions}</h2>
      {change.isError && <Failed error={change.error} />}
      {remove.isError && <Failed error={remove.error} />}
      <p className="hint under" role="status">
        {done}
      </p>
      <List>
        {actions.map((action) => {
          const blocked = session.running && action.verb !== 'abort';
          return (
            <li key={action.verb}>
              <button
                type="button"
                className={action.verb === 'compact' ? 'row' : 'row bad'}
                disabled={busy || blocked}
                onClick={() => void run(action)}
              >
                <span className="grow">
                  {action.title}
                  {(blocked || action.help !== undefined) && <small>{blocked ? text.busy : action.help}</small>}
                </span>
                {change.isPending && change.variables === action.verb && <span className="spinner" aria-hidden="true" />}
              </button>
            </li>
          );
        })}
      </List>
    </section>
  );
}

function resultOf(verb: SessionVerb, didSomething: boolean): string {
  if (verb === 'abort') return didSomething ? text.stopped : text.wasOver;
  if (verb === 'compact') return didSomething ? text.compacted : text.notCompacted;
  return text.resetDone;
}
