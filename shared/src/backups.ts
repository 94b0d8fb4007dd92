import * as z from 'zod/mini';
import { Time } from './fields.ts';
import { route } from './route.ts';

export const Backup = z.object({
  filename: z.string(),
  size: z.number(),
  sha256: z.string(),
  createdAt: Time,
  /** It was read back in full when it was made, and the file is still there in its length. */
  verified: z.boolean(),
  encrypted: z.boolean(),
  reason: z.enum(['schedule', 'person']),
  /** The newest migration of the database in it. */
  schema: z.string(),
  /** The copy in S3-compatible storage: when it arrived, or why it has not; `null` without one. */
  offsite: z.nullable(z.object({ at: z.nullable(Time), error: z.nullable(z.string()) })),
});
export type Backup = z.output<typeof Backup>;

const Rehearsal = z.object({ at: Time, filename: z.string(), ok: z.boolean(), message: z.string() });

export const backupRoutes = {
  listBackups: route({
    method: 'get',
    path: '/admin/backups',
    summary: 'Copies of the database, newest first',
    access: 'super',
    returns: z.object({ backups: z.array(Backup) }),
  }),
  runBackup: route({
    method: 'post',
    path: '/admin/backups/run',
    summary: 'Make a copy of the database now; requests go on meanwhile',
    access: 'super',
    limit: 'submit',
    audit: 'backup.run',
    body: z.strictObject({}),
    returns: Backup,
    status: 201,
  }),
  rehearseBackup: route({
    method: 'post',
    path: '/admin/backups/rehearse',
    summary: 'Restore the newest copy into a scratch file and report; happens every week by itself',
    access: 'super',
    limit: 'submit',
    audit: 'backup.rehearse',
    body: z.strictObject({}),
    returns: Rehearsal,
    status: 201,
  }),
  downloadBackup: route({
    method: 'get',
    path: '/admin/backups/download/:filename',
    summary: 'A copy of the database as a file',
    access: 'super',
    limit: 'download',
    audit: 'backup.download',
    sends: 'file',
  }),
  deleteBackup: route({
    method: 'delete',
    path: '/admin/backups/:filename',
    summary: 'Delete a copy; the only good one stays',
    access: 'super',
    audit: 'backup.delete',
    status: 204,
  }),
};
