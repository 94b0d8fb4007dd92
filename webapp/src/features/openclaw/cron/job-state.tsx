import type { CronJob, CronRun } from '@clawmoor/shared/openclaw-cron.ts';
import { StateWord, type Tone } from '../../../ui/parts.tsx';
import { cron as text } from '../../../words/en/cron.ts';
import { plural } from '../../../words/words.ts';

export const RUN_TONES: Record<CronRun['status'], Tone> = { ok: 'good', error: 'bad', skipped: 'warn', unknown: 'idle' };

/** The truth about a job: what it missed and how often it failed in a row come before how it went last. */
export function JobState({ job }: { job: CronJob }) {
  if (job.running) return <StateWord tone="warn">{text.running}</StateWord>;
  if (job.failuresInARow > 0) return <StateWord tone="bad">{plural(text.failed, job.failuresInARow)}</StateWord>;
  if (job.missed > 0) return <StateWord tone="warn">{plural(text.missed, job.missed)}</StateWord>;
  if (!job.enabled) return <StateWord tone="idle">{text.off}</StateWord>;
  if (job.lastRun === null) return <StateWord tone="idle">{text.never}</StateWord>;
  return <StateWord tone={RUN_TONES[job.lastRun.status]}>{text.runStates[job.lastRun.status]}</StateWord>;
}
