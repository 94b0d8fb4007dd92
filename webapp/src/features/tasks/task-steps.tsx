import { useEffect, useState } from 'react';
import type { LogLine, Task } from '@clawmoor/shared/tasks.ts';
import { duration, words } from '../../words/words.ts';
import { plainText } from './plain-text.ts';

const text = words.task;
const MARKS = {
  waiting: '',
  running: '',
  reconnecting: '',
  succeeded: '✓',
  skipped: '✓',
  failed: '!',
  cancelled: '–',
  interrupted: '!',
} as const;
const CLASSES = {
  waiting: '',
  running: 'running',
  reconnecting: 'running',
  succeeded: 'done',
  skipped: 'done',
  failed: 'failed',
  cancelled: '',
  interrupted: 'failed',
} as const;
const FAILED_LINES = 20;

export function TaskSteps({ task, lines }: { task: Task; lines: readonly LogLine[] }) {
  const now = useSeconds(task.state === 'running');
  return (
    <section className="card">
      <ol className="steps">
        {task.steps.map((step) => (
          <li key={step.key} className={CLASSES[step.state]}>
            <span className="mark" aria-hidden="true">
              {MARKS[step.state]}
            </span>
            <strong>
              {step.title}
              <span className="visually-hidden">: {text.stepStates[step.state]}</span>
            </strong>
            <small className="hint">
              {step.startedAt !== null && step.state !== 'skipped' ? duration(step.startedAt, step.finishedAt, now) : ''}
            </small>
            {(step.state === 'skipped' || step.state === 'reconnecting') && (
              <small className="hint more">{text.stepStates[step.state]}</small>
            )}
            {step.state === 'running' && <LastLine lines={lines} step={step.key} />}
            {(step.state === 'failed' || step.state === 'interrupted') && (
              <div className="more">
                {step.error?.message}
                <pre className="line">{lastLines(lines, step.key, FAILED_LINES)}</pre>
              </div>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

function LastLine({ lines, step }: { lines: readonly LogLine[]; step: string }) {
  return (
    <small className="hint more" dir="ltr">
      {lastLines(lines, step, 1).slice(0, 160)}
    </small>
  );
}

const lastLines = (lines: readonly LogLine[], step: string, most: number): string =>
  lines
    .filter((line) => line.step === step)
    .slice(-most)
    .map((line) => plainText(line.text))
    .join('\n');

function useSeconds(active: boolean): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!active) return;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [active]);
  return now;
}
