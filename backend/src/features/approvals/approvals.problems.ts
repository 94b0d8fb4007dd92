import { Problem } from '../../lib/problem.ts';

export const noApproval = (): Problem =>
  new Problem('approval.not_found', 'Nothing by this name waits for an answer', {
    fix: 'Look at the list again: it may have been answered, or its time has passed.',
  });

export const alreadyResolved = (how: string): Problem =>
  new Problem('approval.already_resolved', `Somebody was quicker: ${how}`, {
    fix: 'The first answer counts; there is nothing left to do.',
  });
