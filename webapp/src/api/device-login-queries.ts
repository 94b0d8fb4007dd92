import { useQuery } from '@tanstack/react-query';
import { deviceRoutes } from '@clawmoor/shared/device.ts';
import type { TokenScope } from '@clawmoor/shared/tokens.ts';
import { useChange } from './queries.ts';
import { call } from './session.ts';

/** Which device waits with a code. Asked for once: it is one of few tries a minute. */
export const useDevice = (userCode: string) =>
  useQuery({
    queryKey: ['device', userCode],
    queryFn: ({ signal }) => call(deviceRoutes.readDeviceLogin, { userCode }, { signal }),
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });
export const useAllowDevice = (userCode: string) =>
  useChange((scope: TokenScope) => call(deviceRoutes.approveDeviceLogin, { userCode, body: { scope } }), [['tokens']]);
export const useDenyDevice = (userCode: string) => useChange(() => call(deviceRoutes.denyDeviceLogin, { userCode, body: {} }), []);
