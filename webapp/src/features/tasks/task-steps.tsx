import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { LogLine, Task } from '@clawmoor/shared/tasks.ts';
import { plainText } from '../../ui/log-rows.ts';
import { StepTimeline, type TimelineStep } from '../../ui/step-timeline.tsx';
import { task as text } from '../../words/en/task.ts';
import { sentenceOf } from '../../words/problems.ts';
import { duration } from '../../words/duration.ts';

type Step = Task['steps'][number];

const LOOKS = {
  waiting: 'waiting',
  running: 'running',
  reconnecting: 'running',
  succeeded: 'done',
  skipped: 'done',
  failed: 'failed',
  cancelled: 'stopped',
  interrupted: 'failed',
} as const satisfies Record<Step['state'], TimelineStep['look']>;
const FAILED_LINES = 20;
const LAST_LINE_LETTERS = 160;

/** The steps of a task: what runs shows its newest line, what failed its reason and its last lines. */
export function TaskSteps({ task, lines }: { task: Task; lines: readonly LogLine[] }) {
  const now = useSeconds(task.state === 'running');
  return (
    <section className="card">
      <StepTimeline
        steps={task.steps.map((step) => ({
          key: step.key,
          title: text.steps[step.key] ?? step.title,
          look: LOOKS[step.state],
          state: text.stepStates[step.state],
          aside: step.startedAt !== null && step.state !== 'skipped' ? duration(step.startedAt, step.finishedAt, now) : undefined,
          more: moreOf(step, lines),
        }))}
      />
    </section>
  );
}

function moreOf(step: Step, lines: readonly LogLine[]) {
  if (step.state === 'skipped' || step.state === 'reconnecting') return <small className="hint">{text.stepStates[step.state]}</small>;
  if (step.state === 'running')
    return (
      <small className="hint last-line" dir="ltr">
        {lastLines(lines, step.key, 1).slice(0, LAST_LINE_LETTERS)}
      </small>
    );
  if (step.state !== 'failed' && step.state !== 'interrupted') return undefined;
  const tail = lastLines(lines, step.key, FAILED_LINES);
  return (
    <>
      {step.error && sentenceOf(step.error).message}
      {tail !== '' && <Tail lines={tail} />}
    </>
  );
}

/** What went wrong stands in the last of the lines, of which some may come later. */
function Tail({ lines }: { lines: string }) {
  const box = useRef<HTMLPreElement>(null);
  useLayoutEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines]);
  return (
    <pre ref={box} className="line" dir="ltr" tabIndex={0} aria-label={text.log}>
      {lines}
    </pre>
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
