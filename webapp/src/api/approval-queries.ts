import { useQuery } from '@tanstack/react-query';
import { approvalRoutes, type Approval } from '@clawmoor/shared/approvals.ts';
import { useChange } from './queries.ts';
import { call } from './session.ts';

const APPROVALS = ['approvals'] as const;

/** What waits on all servers, looked at again every `everyMs`: who answers wants to be the first. */
export const useApprovals = (everyMs: number) =>
  useQuery({
    queryKey: APPROVALS,
    queryFn: ({ signal }) => call(approvalRoutes.listAllApprovals, {}, { signal }),
    refetchInterval: everyMs,
  });
export const useResolveApproval = ({ serverId, id }: Approval) =>
  useChange(
    (decision: 'allow-once' | 'deny') => call(approvalRoutes.resolveApproval, { id: serverId, approvalId: id, body: { decision } }),
    [APPROVALS],
  );
export const useWatchApprovals = (serverId: string) =>
  useChange((enabled: boolean) => call(approvalRoutes.watchApprovals, { id: serverId, body: { enabled } }), [APPROVALS]);
