import { Problem } from '../../lib/problem.ts';

export const badLook = (cause: unknown): Problem =>
  new Problem('monitoring.bad_look', 'The server answered the look at it with something that cannot be understood', {
    fix: 'Look whether sh, awk and df work for the user that Clawmoor logs in as.',
    cause,
  });

export const lookTooSlow = (): Problem =>
  new Problem('monitoring.too_slow', 'The server did not answer the look at it within 20 seconds', {
    fix: 'Look at its load and its network.',
  });

export const thresholdsCross = (kind: string): Problem =>
  new Problem('monitoring.thresholds', `The thresholds of ${kind} are in the wrong order`, {
    fix: 'A critical one comes after the warning.',
  });

export const backwards = (): Problem =>
  new Problem('request.invalid', 'The time from which is after the time to which', { issues: [{ path: 'from', message: 'after `to`' }] });
