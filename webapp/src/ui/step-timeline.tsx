import type { ReactNode } from 'react';

export interface TimelineStep {
  key: string;
  title: string;
  look: 'waiting' | 'running' | 'done' | 'failed' | 'stopped';
  /** The state in words, for who cannot see the mark. */
  state: string;
  /** At the end of the line: how long it took. */
  aside?: ReactNode;
  /** Below the line. */
  more?: ReactNode;
}

const MARKS = { waiting: '', running: '', done: '✓', failed: '!', stopped: '–' } as const;

/** What is done, what happens now and what comes, from top to bottom. */
export function StepTimeline({ steps, live = false }: { steps: readonly TimelineStep[]; live?: boolean }) {
  return (
    <ol className="steps" {...(live && { 'aria-live': 'polite' as const })}>
      {steps.map(({ key, title, look, state, aside, more }) => (
        <li key={key} className={look} {...(look === 'running' && { 'aria-current': 'step' as const })}>
          <span className="mark" aria-hidden="true">
            {MARKS[look]}
          </span>
          <span className="name">
            {title}
            <span className="visually-hidden">: {state}</span>
          </span>
          {aside !== undefined && <small className="hint">{aside}</small>}
          {more !== undefined && <div className="more">{more}</div>}
        </li>
      ))}
    </ol>
  );
}
