import { Problem } from '../../lib/problem.ts';

export const noCronJob = (): Problem =>
  new Problem('cron.not_found', 'There is no such scheduled job on this gateway', {
    fix: 'Look at the list again: somebody may have deleted it.',
  });

export const cronManaged = (): Problem =>
  new Problem('cron.managed', 'This job belongs to OpenClaw itself and cannot be edited', {
    fix: 'Change the setting that it comes from, such as the heartbeat of the agent.',
  });

export const cronRefused = (cause: Problem): Problem =>
  new Problem(
    'cron.refused',
    cause.message.replace(/^The gateway (?:refused|is busy): (?:Error: )?/, 'The gateway does not take this job: '),
    {
      fix: 'Change what it complains about, and try again.',
      cause,
    },
  );
