import { useQuery } from '@tanstack/react-query';
import { adminRoutes } from '@clawmoor/shared/admin.ts';
import { backupRoutes } from '@clawmoor/shared/backups.ts';
import { useChange } from './queries.ts';
import { call, sessionState } from './session.ts';

const HEALTH = ['admin-health'] as const;
const BACKUPS = ['own-backups'] as const;

/** Whom these screens are for; the server asks again. */
export function isSuperAdmin(): boolean {
  const session = sessionState();
  return session.kind === 'in' && session.session.user.isSuperAdmin;
}

export const useDetailedHealth = (enabled: boolean) =>
  useQuery({
    queryKey: HEALTH,
    queryFn: ({ signal }) => call(adminRoutes.readDetailedHealth, {}, { signal }),
    refetchInterval: 30_000,
    enabled,
  });
export const useBackups = (enabled: boolean) =>
  useQuery({
    queryKey: BACKUPS,
    queryFn: async ({ signal }) => (await call(backupRoutes.listBackups, {}, { signal })).backups,
    enabled,
  });
export const useRunBackup = () => useChange(() => call(backupRoutes.runBackup, { body: {} }), [BACKUPS, HEALTH]);
export const useRehearse = () => useChange(() => call(backupRoutes.rehearseBackup, { body: {} }), [HEALTH]);
export const useRemoveBackup = () => useChange((filename: string) => call(backupRoutes.deleteBackup, { filename }), [BACKUPS, HEALTH]);
