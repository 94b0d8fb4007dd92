import type { approvalRoutes } from '@clawmoor/shared/approvals.ts';
import type { Budget, budgetRoutes } from '@clawmoor/shared/budgets.ts';
import type { killSwitchRoutes, KillState, KillVerdict } from '@clawmoor/shared/kill-switch.ts';
import type { Role } from '@clawmoor/shared/route.ts';
import type { Approvals } from '../features/approvals/approvals.ts';
import type { Budgets } from '../features/budgets/budgets.ts';
import type { KillSwitch } from '../features/kill-switch/kill-switch.ts';
import { forEachServer } from '../features/kill-switch/many.ts';
import type { Handlers } from '../http/handlers.ts';
import type { AuditEntry } from '../lib/audit-entry.ts';
import type { RequestContext } from '../lib/caller.ts';

export function approvalHandlers({ approvals }: { approvals: Approvals }): Handlers<typeof approvalRoutes> {
  return {
    listAllApprovals: (_input, { caller, signal }) => approvals.listAll(caller.userId, signal),
    listApprovals: ({ id }, { signal }) => approvals.list(id, signal),
    async watchApprovals({ id, body }, { caller, note }) {
      note({ after: body });
      await approvals.watch(id, body.enabled, caller.userId);
      return body;
    },
    async resolveApproval({ id, approvalId, body }, { caller, signal, note }) {
      note({ target: approvalId, after: body });
      await approvals.resolve(id, approvalId, { decision: body.decision, signal, by: caller.firstName });
      return body;
    },
  };
}

export function budgetHandlers({ budgets }: { budgets: Budgets }): Handlers<typeof budgetRoutes> {
  return {
    listBudgets: async ({ id }) => ({ budgets: await budgets.list(id) }),
    async addBudget({ id, body }, { caller, note }) {
      note({ after: body });
      const budget = await budgets.add(id, body, caller.userId);
      note({ target: budget.id });
      return budget;
    },
    async changeBudget({ id, budgetId, body }, { caller, signal, note }) {
      note({ target: budgetId, before: audited(await budgets.read(id, budgetId)), after: body });
      return budgets.change(id, budgetId, body, { by: caller.userId, signal });
    },
    async removeBudget({ id, budgetId }, { signal, note }) {
      note({ target: budgetId, before: audited(await budgets.read(id, budgetId)) });
      await budgets.remove(id, budgetId, signal);
    },
    checkBudgets: async ({ id }, { signal }) => ({ budgets: await budgets.check(id, signal) }),
    async undoBudget({ id, budgetId }, { signal, note }) {
      note({ target: budgetId, before: audited(await budgets.read(id, budgetId)) });
      const budget = await budgets.undo(id, budgetId, signal);
      note({ after: audited(budget) });
      return budget;
    },
  };
}

const audited = ({ agentId, period, limitUsd, policy, cheaperModel, done }: Budget) => ({
  agentId,
  period,
  limitUsd,
  policy,
  cheaperModel,
  done,
});

export interface KillSwitchHandlerParts {
  killSwitch: KillSwitch;
  members: { roleOf: (serverId: string, userId: string) => Promise<Role | undefined> };
  audit: { record: (entry: AuditEntry) => Promise<void> };
}

// Not the caller's signal: who pulls the switch and loses the connection still wants it pulled.
const within = (): AbortSignal => AbortSignal.timeout(60_000);

export function killSwitchHandlers({ killSwitch, members, audit }: KillSwitchHandlerParts): Handlers<typeof killSwitchRoutes> {
  /** A row of the audit log for each server, besides the one of the request. */
  async function many(
    action: string,
    serverIds: readonly string[],
    { caller, ip, requestId, note }: RequestContext,
    work: (serverId: string) => Promise<KillState>,
  ): Promise<{ verdicts: KillVerdict[] }> {
    const verdicts = await forEachServer(serverIds, (serverId) => members.roleOf(serverId, caller.userId), work);
    note({ after: { servers: verdicts.map(({ serverId, code }) => ({ serverId, result: code ?? 'ok' })) } });
    const by = { actorId: caller.userId, actorName: caller.firstName, ip, requestId };
    for (const { serverId, code, state } of verdicts)
      await audit.record({ action, ...by, serverId, target: serverId, result: code ?? 'ok', after: state?.stopped });
    return { verdicts };
  }

  return {
    readKillSwitch: ({ id }) => killSwitch.read(id),
    async killServer({ id, body }, { caller, note }) {
      note({ after: body });
      const state = await killSwitch.stop(id, { mode: body.mode, by: caller.firstName, signal: within() });
      note({ after: { ...body, ...state.stopped } });
      return state;
    },
    async resumeServer({ id }, { note }) {
      note({ before: (await killSwitch.read(id)).stopped });
      return killSwitch.resume(id, within());
    },
    killServers: ({ body: { serverIds, mode } }, context) =>
      many('kill_switch.stop', serverIds, context, (serverId) =>
        killSwitch.stop(serverId, { mode, by: context.caller.firstName, signal: within() }),
      ),
    resumeServers: ({ body: { serverIds } }, context) =>
      many('kill_switch.resume', serverIds, context, (serverId) => killSwitch.resume(serverId, within())),
  };
}
