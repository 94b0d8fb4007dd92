import * as z from 'zod/mini';
import { Accepted, Time } from './fields.ts';
import { route } from './route.ts';

export const OpenclawBackup = z.object({
  id: z.string(),
  createdAt: Time,
  size: z.number(),
  /** Of the archive when it was made and verified. */
  sha256: z.string(),
});
export type OpenclawBackup = z.output<typeof OpenclawBackup>;

export const openclawBackupRoutes = {
  listOpenclawBackups: route({
    method: 'get',
    path: '/servers/:id/openclaw/backups',
    summary: "OpenClaw's own backups that lie on the server, newest first",
    access: 'server:admin',
    returns: z.object({ backups: z.array(OpenclawBackup) }),
  }),
  createOpenclawBackup: route({
    method: 'post',
    path: '/servers/:id/openclaw/backups',
    summary: 'Back up configuration, state, sessions and workspaces of OpenClaw, and verify the archive; the ten newest are kept',
    access: 'server:admin',
    limit: 'submit',
    audit: 'openclaw.backup_create',
    idempotent: true,
    body: z.strictObject({}),
    returns: Accepted,
    status: 202,
  }),
  // The archive holds every secret of the gateway.
  downloadOpenclawBackup: route({
    method: 'get',
    path: '/servers/:id/openclaw/backups/:backupId/file',
    summary: 'The archive; it holds every secret of the gateway',
    access: 'server:owner',
    limit: 'download',
    audit: 'openclaw.backup_download',
    sends: 'file',
  }),
  verifyOpenclawBackup: route({
    method: 'post',
    path: '/servers/:id/openclaw/backups/:backupId/verify',
    summary: 'Check that an archive is whole and unchanged since it was made',
    access: 'server:admin',
    limit: 'submit',
    audit: 'openclaw.backup_verify',
    idempotent: true,
    body: z.strictObject({}),
    returns: Accepted,
    status: 202,
  }),
  stageOpenclawBackup: route({
    method: 'post',
    path: '/servers/:id/openclaw/backups/:backupId/restore',
    summary: 'Unpack a verified archive into a folder of its own on the server, beside what runs; nothing that runs is touched',
    access: 'server:owner',
    limit: 'submit',
    audit: 'openclaw.backup_stage',
    idempotent: true,
    body: z.strictObject({}),
    returns: Accepted,
    status: 202,
  }),
  removeOpenclawBackup: route({
    method: 'delete',
    path: '/servers/:id/openclaw/backups/:backupId',
    summary: 'Delete an archive from the server',
    access: 'server:owner',
    audit: 'openclaw.backup_delete',
    status: 204,
  }),
};
