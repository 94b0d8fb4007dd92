import { useQuery } from '@tanstack/react-query';
import { adminRoutes } from '@clawmoor/shared/admin.ts';
import { backupRoutes } from '@clawmoor/shared/backups.ts';
import { useChange } from './queries.ts';
import { call } from './session.ts';

const HEALTH = ['admin-health'] as const;
const BACKUPS = ['own-backups'] as const;

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
