import { useQuery } from '@tanstack/react-query';
import { budgetRoutes as routes, type Budget, type BudgetChange, type NewBudget } from '@clawmoor/shared/budgets.ts';
import { dailyRoutes } from '@clawmoor/shared/openclaw-daily.ts';
import { useChange } from './queries.ts';
import { call } from './session.ts';

const COUNTING_AGAIN_MS = 4_000;
const budgets = (id: string) => ['budgets', id] as const;

export const useUsage = (id: string, days: number) =>
  useQuery({
    queryKey: ['usage', id, days],
    queryFn: ({ signal }) => call(dailyRoutes.readUsage, { id, days }, { signal }),
    staleTime: 60_000,
    refetchInterval: ({ state }) => (state.data?.complete === false ? COUNTING_AGAIN_MS : false),
  });
export const useBudgets = (id: string) =>
  useQuery({
    queryKey: budgets(id),
    queryFn: async ({ signal }) => (await call(routes.listBudgets, { id }, { signal })).budgets,
    refetchInterval: 30_000,
  });
export const useAddBudget = (id: string) => useChange((body: NewBudget) => call(routes.addBudget, { id, body }), [budgets(id)]);
export const useChangeBudget = (id: string, budgetId: string) =>
  useChange((body: BudgetChange) => call(routes.changeBudget, { id, budgetId, body }), [budgets(id)]);
export const useRemoveBudget = (id: string, { id: budgetId }: Budget) =>
  useChange(() => call(routes.removeBudget, { id, budgetId }), [budgets(id)]);
export const useUndoBudget = (id: string, { id: budgetId }: Budget) =>
  useChange(() => call(routes.undoBudget, { id, budgetId, body: {} }), [budgets(id)]);
export const useCheckBudgets = (id: string) => useChange(() => call(routes.checkBudgets, { id, body: {} }), [budgets(id)]);
