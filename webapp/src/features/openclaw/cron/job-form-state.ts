import type { CronJob, Schedule } from '@clawmoor/shared/openclaw-cron.ts';

export interface JobForm {
  name: string;
  agentId: string;
  message: string;
  model: string;
  kind: Schedule['kind'];
  every: string;
  unit: keyof typeof UNITS_MS;
  expr: string;
  timeZone: string;
  at: string;
  session: 'isolated' | 'main';
}

export const UNITS_MS = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const;

export const emptyJob = (): JobForm => ({
  name: '',
  agentId: '',
  message: '',
  model: '',
  kind: 'every',
  every: '1',
  unit: 'hours',
  expr: '0 8 * * *',
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  at: '',
  session: 'isolated',
});

export function formOf(job: CronJob): JobForm {
  const { schedule } = job;
  const form = { ...emptyJob(), name: job.name, agentId: job.agentId ?? '', message: job.message ?? '', model: job.model ?? '' };
  if (schedule.kind === 'every') {
    const unit = (['days', 'hours', 'minutes'] as const).find((one) => schedule.everyMs % UNITS_MS[one] === 0) ?? 'minutes';
    return { ...form, kind: 'every', unit, every: String(schedule.everyMs / UNITS_MS[unit]) };
  }
  if (schedule.kind === 'at') return { ...form, kind: 'at', at: localTime(new Date(schedule.at)) };
  if (schedule.kind === 'cron') return { ...form, kind: 'cron', expr: schedule.expr, timeZone: schedule.timeZone ?? '' };
  return form;
}

/** `undefined` while it is not one. */
export function scheduleOf({ kind, every, unit, expr, timeZone, at }: JobForm): Schedule | undefined {
  if (kind === 'every') {
    const everyMs = Math.round(Number(every) * UNITS_MS[unit]);
    return every.trim() !== '' && everyMs >= 1_000 && everyMs <= 366 * UNITS_MS.days ? { kind, everyMs } : undefined;
  }
  if (kind === 'at') return at === '' || Number.isNaN(Date.parse(at)) ? undefined : { kind, at: new Date(at).toISOString() };
  if (!/^\s*[\w*,/?#+-]+(\s+[\w*,/?#+-]+){4,5}\s*$/.test(expr)) return undefined;
  return { kind, expr: expr.trim(), ...(timeZone.trim() !== '' && { timeZone: timeZone.trim() }) };
}

/** As `datetime-local` wants it: without a zone, in that of the device. */
const localTime = (time: Date): string => new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
