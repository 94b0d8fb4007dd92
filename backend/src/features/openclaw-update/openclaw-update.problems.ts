import { Problem } from '../../lib/problem.ts';

export const updateBlocked = (why: string[], runsOn: string): Problem =>
  new Problem('openclaw_update.blocked', `OpenClaw cannot be updated on this server as it is: ${why.join(' ')} ${runsOn}`.trim(), {
    fix: 'Mend what is named, then update again.',
  });

/** Something failed before anything that runs was touched: the same failure, and what runs. */
export const unchanged = ({ code, message, fix }: Problem, runsOn: string): Problem =>
  new Problem(code, `${message.replace(/\.$/, '')}. ${runsOn}`, { ...(fix !== undefined && { fix }) });

export const rolledBack = ({ to, from, why }: { to: string; from: string; why: string }): Problem =>
  new Problem(
    'openclaw_update.rolled_back',
    `OpenClaw ${to} cannot be used on this server: ${why}. OpenClaw ${from} runs again, with its data as before.`,
    { fix: 'The log of the task shows what was tried. Stay with the version that runs, or try a newer one.' },
  );

export const backButDown = ({ to, from, why }: { to: string; from: string; why: string }): Problem =>
  new Problem(
    'openclaw_update.back_but_down',
    `OpenClaw ${to} cannot be used on this server: ${why}. OpenClaw ${from} is in its place again with its data, but does not answer.`,
    { fix: 'Look at the log of the gateway, then restart it. The backup that was made before the update lies on the server.' },
  );

export const anotherAtWork = (): Problem =>
  new Problem('openclaw_update.another_at_work', 'Another update of OpenClaw is at work on this server', {
    fix: 'Wait for it to end, then look again.',
  });

export const rolloutNotFound = (): Problem =>
  new Problem('openclaw_update.rollout_not_found', 'There is no such update of several servers');
export const rolloutEnded = (): Problem => new Problem('openclaw_update.rollout_ended', 'This update of several servers is over already');
