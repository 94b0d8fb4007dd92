import { notifyManager, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { meRoutes, type ChangedNotificationPrefs, type NotificationPrefs } from '@clawmoor/shared/me.ts';
import type { Sent } from '@clawmoor/shared/route.ts';
import { tokenRoutes } from '@clawmoor/shared/tokens.ts';
import { useChange } from './queries.ts';
import { call } from './session.ts';

const PREFS = ['prefs'] as const;
const SESSIONS = ['sessions'] as const;
const TOKENS = ['tokens'] as const;

/**
 * What the person wants to be told, with the changes that are still on their way laid over it: a switch shows at once what was
 * meant, and goes back where that failed. One change is sent after the other, so that the last one stays.
 */
export function usePrefs() {
  const client = useQueryClient();
  const [pending, setPending] = useState<readonly ChangedNotificationPrefs[]>([]);
  const prefs = useQuery({ queryKey: PREFS, queryFn: ({ signal }) => call(meRoutes.readNotificationPrefs, {}, { signal }) });
  const { mutate, error } = useMutation({
    scope: { id: 'prefs' },
    mutationFn: (body: ChangedNotificationPrefs) => call(meRoutes.changeNotificationPrefs, { body }),
    onSuccess: async (answer) => {
      // One that was asked for before the change would bring the old state back.
      await client.cancelQueries({ queryKey: PREFS });
      client.setQueryData(PREFS, answer);
    },
    // After the screen has heard of the answer, not before: in between the old state would show.
    onSettled: (_answer, _error, done) => notifyManager.schedule(() => setPending((all) => all.filter((change) => change !== done))),
  });
  return {
    prefs,
    error,
    withPending: (stored: NotificationPrefs): NotificationPrefs => pending.reduce(changed, stored),
    change(next: ChangedNotificationPrefs): void {
      setPending((all) => [...all, next]);
      mutate(next);
    },
  };
}

/** The language of the bot's messages. */
export const useTellLanguage = () =>
  useChange((language: NotificationPrefs['language']) => call(meRoutes.changeNotificationPrefs, { body: { language } }), [PREFS]);

const changed = (prefs: NotificationPrefs, { kinds, quietHours, ...rest }: ChangedNotificationPrefs): NotificationPrefs => ({
  ...prefs,
  // Only what was given; the API takes `undefined` for "leave it".
  ...(rest as Partial<NotificationPrefs>),
  kinds: { ...prefs.kinds, ...kinds },
  quietHours: { ...prefs.quietHours, ...(quietHours as Partial<NotificationPrefs['quietHours']>) },
});

export const useSessions = () =>
  useQuery({ queryKey: SESSIONS, queryFn: async ({ signal }) => (await call(meRoutes.listMySessions, {}, { signal })).sessions });
export const useEndSession = () => useChange((sessionId: string) => call(meRoutes.endSession, { sessionId }), [SESSIONS]);
export const useEndOtherSessions = () => useChange(() => call(meRoutes.endOtherSessions, {}), [SESSIONS]);

export const useTokens = () =>
  useQuery({ queryKey: TOKENS, queryFn: async ({ signal }) => (await call(tokenRoutes.listTokens, {}, { signal })).tokens });
export const useCreateToken = () =>
  useChange((body: Sent<typeof tokenRoutes.createToken>['body']) => call(tokenRoutes.createToken, { body }), [TOKENS]);
export const useRevokeToken = () => useChange((tokenId: string) => call(tokenRoutes.revokeToken, { tokenId }), [TOKENS]);
