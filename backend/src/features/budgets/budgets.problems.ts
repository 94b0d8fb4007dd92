import { Problem } from '../../lib/problem.ts';

export const noBudget = (): Problem =>
  new Problem('budget.not_found', 'There is no such budget on this server', { fix: 'Look at the list again.' });

export const needsModel = (): Problem =>
  new Problem('budget.needs_model', 'To change to a cheaper model, name it: cheaperModel', {
    fix: 'Choose one of the models of the gateway.',
  });

export const needsServer = (): Problem =>
  new Problem('budget.needs_server', 'Schedules and channels belong to the gateway: only a budget of the whole server can stop them', {
    fix: 'Leave the agent out, or choose to warn or to change to a cheaper model.',
  });

export const tooManyBudgets = (most: number): Problem =>
  new Problem('budget.limit_reached', `A server can have ${most} budgets`, { fix: 'Delete one that you no longer need.' });

export const creatorLostRights = (): Problem =>
  new Problem('budget.creator_lost_rights', 'Who set this budget is no longer an admin of the server, so it does nothing', {
    fix: 'Delete it, and set a budget of your own.',
  });
