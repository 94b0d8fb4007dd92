import { useQuery } from '@tanstack/react-query';
import { channelRoutes as routes, type PairingRequest, type QrLogin } from '@clawmoor/shared/openclaw-channels.ts';
import { useChange } from './queries.ts';
import { call } from './session.ts';

const channels = (id: string) => ['channels', id] as const;
const pairings = (id: string) => ['pairings', id] as const;

export const useChannels = (id: string) =>
  useQuery({
    queryKey: channels(id),
    queryFn: ({ signal }) => call(routes.listChannels, { id }, { signal }),
    refetchInterval: 10_000,
  });
export const usePairings = (id: string, wanted: boolean) =>
  useQuery({
    queryKey: pairings(id),
    queryFn: async ({ signal }) => (await call(routes.listPairings, { id }, { signal })).requests,
    refetchInterval: 10_000,
    enabled: wanted,
  });

export type ChannelVerb = 'start' | 'stop' | 'logout';
const VERBS = { start: routes.startChannel, stop: routes.stopChannel, logout: routes.logOutChannel } as const;

export const useChannelVerb = (id: string, channel: string, accountId: string) =>
  useChange(
    async (verb: ChannelVerb) => {
      await call(VERBS[verb], { id, channel, body: { accountId } });
    },
    [channels(id)],
  );
export const useAnswerPairing = (id: string, { id: requestId, channel, accountId }: PairingRequest) =>
  useChange(
    (letIn: boolean) => call(letIn ? routes.approvePairing : routes.dismissPairing, { id, requestId, body: { channel, accountId } }),
    [pairings(id)],
  );

export interface QrAsk {
  id: string;
  channel: string;
  accountId: string;
}

/** The next code, or how the login ended. `shown`: the code that is on the screen now; none asks for a first one. */
export const askForCode = ({ id, channel, accountId }: QrAsk, shown: string | null | undefined, signal: AbortSignal): Promise<QrLogin> =>
  shown === undefined
    ? call(routes.startQrLogin, { id, channel, body: { accountId, force: true } }, { signal })
    : call(routes.waitQrLogin, { id, channel, body: { accountId, ...(shown !== null && { qr: shown }) } }, { signal });
