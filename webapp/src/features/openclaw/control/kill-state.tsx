import type { KillState } from '@clawmoor/shared/kill-switch.ts';
import { StateWord } from '../../../ui/parts.tsx';
import { control as text } from '../../../words/en/control.ts';
import { ago, fill, plural } from '../../../words/words.ts';

const TONES = { running: 'good', stopping: 'warn', stopped: 'bad', resuming: 'warn' } as const;

/** Whether the agents were stopped, by whom, and what comes back with resume. */
export function KillStateCard({ state: { state, at, by, stopped } }: { state: KillState }) {
  const back = [
    ...(stopped.service ? [text.backService] : []),
    ...(stopped.schedules ? [text.backSchedules] : []),
    ...stopped.channels.map((name) => fill(text.backChannel, { name })),
  ];
  return (
    <section className="card">
      <p role="status">
        <StateWord tone={TONES[state]}>{text.killStates[state]}</StateWord>
      </p>
      <p>{text.killHelp[state]}</p>
      {at !== null && by !== null && <p className="hint">{fill(text.stoppedBy, { name: by, time: ago(at) })}</p>}
      {back.length > 0 && (
        <>
          <h3>{text.comesBack}</h3>
          <ul>
            {back.map((what) => (
              <li key={what}>{what}</li>
            ))}
          </ul>
        </>
      )}
      {stopped.sessions.length > 0 && <p className="hint">{plural(text.cutOff, stopped.sessions.length)}</p>}
    </section>
  );
}
