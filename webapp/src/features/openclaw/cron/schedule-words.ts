import type { CronJob } from '@clawmoor/shared/openclaw-cron.ts';
import { cron as text } from '../../../words/en/cron.ts';
import { language } from '../../../words/language.ts';
import { span } from '../../../words/times.ts';
import { dateTime, fill } from '../../../words/words.ts';

const DAILY = /^(\d{1,2}) (\d{1,2}) \* \* (\*|[0-7](?:[-,][0-7])*)$/;
// A Sunday, as day 0 of a cron line is one.
const SUNDAY = Date.UTC(2024, 0, 7);
const DAY_MS = 86_400_000;
/** What is said without a number: "every hour". */
const ONE: Partial<Record<number, keyof typeof text.everyOne>> = { [DAY_MS]: 'day', 3_600_000: 'hour', 60_000: 'minute', 1_000: 'second' };

/** "every 2 hours", "07:15 on Mon–Fri (Europe/Berlin)": a schedule in words where it has them, else its own line. */
export function scheduleWords(schedule: CronJob['schedule']): string {
  if (schedule.kind === 'every') {
    const one = ONE[schedule.everyMs];
    return one === undefined ? fill(text.every, { span: span(schedule.everyMs) }) : text.everyOne[one];
  }
  if (schedule.kind === 'at') return fill(text.at, { time: dateTime(schedule.at) });
  if (schedule.kind === 'other') return schedule.name;
  const zone = schedule.timeZone === undefined ? '' : ` (${schedule.timeZone})`;
  const [, minute, hour, days = '*'] = DAILY.exec(schedule.expr) ?? [];
  if (minute === undefined || hour === undefined) return `${schedule.expr}${zone}`;
  const time = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`;
  return `${days === '*' ? fill(text.daily, { time }) : fill(text.onDays, { time, days: dayNames(days) })}${zone}`;
}

const dayNames = (days: string): string =>
  days
    .replaceAll('-', '–')
    .replaceAll(',', ', ')
    .replace(/\d/g, (day) =>
      new Intl.DateTimeFormat(language(), { weekday: 'short', timeZone: 'UTC' }).format(SUNDAY + Number(day) * DAY_MS),
    );

/** Whether a next run can be told: one whose time has passed is under way or was missed, and the state says so. */
export const isAhead = ({ enabled, nextRunAt }: CronJob): boolean => enabled && nextRunAt !== null && Date.parse(nextRunAt) > Date.now();
