import * as z from 'zod/mini';
import { Time } from './fields.ts';
import { route } from './route.ts';
import { AgentId } from './setup.ts';

export const BudgetPolicy = z.enum(['warn', 'stop_schedules', 'cheaper_model', 'stop_channels']);
export type BudgetPolicy = z.output<typeof BudgetPolicy>;

const Model = z.string().check(z.trim(), z.minLength(3), z.maxLength(200), z.regex(/^[\w.-]+\/[\w.:/@+-]+$/, 'provider/model'));

const fields = {
  period: z.enum(['day', 'month']),
  limitUsd: z.number().check(z.minimum(0.01), z.maximum(1_000_000)),
  policy: BudgetPolicy,
  /** With `cheaper_model`: what agents use instead. */
  cheaperModel: z.optional(z.nullable(Model)),
};

export const NewBudget = z.strictObject({ ...fields, agentId: z.optional(z.nullable(AgentId)) });
export type NewBudget = z.output<typeof NewBudget>;
export const BudgetChange = z.strictObject(fields);
export type BudgetChange = z.output<typeof BudgetChange>;

export const Budget = z.object({
  id: z.string(),
  /** `null`: all agents of the server. */
  agentId: z.nullable(z.string()),
  period: z.enum(['day', 'month']),
  limitUsd: z.number(),
  policy: BudgetPolicy,
  cheaperModel: z.nullable(z.string()),
  /** The first day of the period that the numbers are of; days and months are UTC. */
  since: z.string(),
  spentUsd: z.nullable(z.number()),
  /** The highest threshold that was reached, in percent. */
  reached: z.union([z.literal(0), z.literal(50), z.literal(80), z.literal(95), z.literal(100)]),
  checkedAt: z.nullable(Time),
  /** Why the last check came to nothing. */
  problem: z.nullable(z.object({ code: z.string(), message: z.string() })),
  /** What was done at 100 %, in words, while it stands. */
  done: z.array(z.string()),
  /** Somebody took back what was done: nothing is done again in this period. */
  overridden: z.boolean(),
  createdBy: z.string(),
});
export type Budget = z.output<typeof Budget>;

const BUDGETS = '/servers/:id/openclaw/budgets';
const admin = { access: 'server:admin', limit: 'submit' } as const;

export const budgetRoutes = {
  listBudgets: route({
    method: 'get',
    path: BUDGETS,
    summary: 'The budgets of a server, as they stood at their last check',
    access: 'server:viewer',
    returns: z.object({ budgets: z.array(Budget) }),
  }),
  addBudget: route({
    ...admin,
    method: 'post',
    path: BUDGETS,
    summary: 'Set a limit in US dollars, and what happens when it is reached',
    audit: 'budget.create',
    body: NewBudget,
    returns: Budget,
    status: 201,
  }),
  changeBudget: route({
    ...admin,
    method: 'put',
    path: `${BUDGETS}/:budgetId`,
    summary: 'Change a budget; what it has done is taken back first',
    audit: 'budget.change',
    body: BudgetChange,
    returns: Budget,
  }),
  removeBudget: route({
    ...admin,
    method: 'delete',
    path: `${BUDGETS}/:budgetId`,
    summary: 'Delete a budget; what it has done is taken back first',
    audit: 'budget.remove',
    status: 204,
  }),
  checkBudgets: route({
    ...admin,
    method: 'post',
    path: `${BUDGETS}/check`,
    summary: 'Check the budgets of a server now, and act on them',
    audit: 'budget.check',
    body: z.strictObject({}),
    returns: z.object({ budgets: z.array(Budget) }),
  }),
  undoBudget: route({
    ...admin,
    method: 'post',
    path: `${BUDGETS}/:budgetId/undo`,
    summary: 'Take back what a budget has done, for the rest of its period',
    audit: 'budget.undo',
    body: z.strictObject({}),
    returns: Budget,
  }),
};
