import { useQuery } from '@tanstack/react-query';
import { deviceRoutes as routes } from '@clawmoor/shared/openclaw-daily.ts';
import { useChange } from './queries.ts';
import { call } from './session.ts';

const devices = (id: string) => ['devices', id] as const;

export const useDevices = (id: string) =>
  useQuery({
    queryKey: devices(id),
    queryFn: ({ signal }) => call(routes.listDevices, { id }, { signal }),
    refetchInterval: 10_000,
  });
export const useAnswerDevice = (id: string, requestId: string) =>
  useChange((letIn: boolean) => call(letIn ? routes.approveDevice : routes.rejectDevice, { id, requestId }), [devices(id)]);
export const useRenameDevice = (id: string, deviceId: string) =>
  useChange((label: string) => call(routes.renameDevice, { id, deviceId, body: { label } }), [devices(id)]);
export const useRemoveDevice = (id: string, deviceId: string) =>
  useChange(() => call(routes.removeDevice, { id, deviceId }), [devices(id)]);
