import { basename } from 'node:path';
import { backupRoutes } from '@clawmoor/shared/backups.ts';
import { command } from '../command.ts';
import { CliError, EXIT } from '../exit.ts';
import { saveDownload } from '../session/download.ts';
import { plain } from '../terminal/plain.ts';
import { byteSize, localTime } from '../terminal/time.ts';

// A large database takes minutes to copy and to read back.
const RUN_MS = 30 * 60_000;

export const backupList = command({
  name: 'backup list',
  words: [],
  summary: "Copies of Clawmoor's database, newest first (super-admins)",
  options: {},
  async run({ sessions, out }) {
    const answer = await sessions.open().call(backupRoutes.listBackups, {});
    out.answer(answer, () =>
      out.table(
        ['FILE', 'MADE', 'SIZE', 'VERIFIED', 'ENCRYPTED'],
        answer.backups.map((each) => [
          each.filename,
          localTime(each.createdAt),
          byteSize(each.size),
          each.verified ? 'yes' : 'NO',
          each.encrypted ? 'yes' : 'no',
        ]),
        'There is no backup yet. Make one: clawmoor backup run',
      ),
    );
  },
});

export const backupRun = command({
  name: 'backup run',
  words: [],
  summary: 'Make a copy of the database now',
  options: {},
  async run({ sessions, out }) {
    out.status('Copying …');
    const backup = await sessions.open().call(backupRoutes.runBackup, { body: {} }, { timeoutMs: RUN_MS });
    out.answer(backup, () =>
      out.say(`Made ${plain(backup.filename)}, ${byteSize(backup.size)}, ${backup.verified ? 'verified' : 'NOT verified'}.`),
    );
  },
});

export const backupDownload = command({
  name: 'backup download',
  words: ['[FILE]'],
  summary: 'Fetch a copy, the newest unless told, and check its hash',
  details: 'The file is readable for you alone: it holds every secret, unless backups are encrypted.',
  options: {
    output: { type: 'string', value: 'PATH', names: 'file', summary: 'where to put it; its own name here unless told' },
    force: { type: 'boolean', summary: 'overwrite a file that is there' },
  },
  async run({ sessions, out, signal }, { words, values }) {
    const session = sessions.open();
    const { backups } = await session.call(backupRoutes.listBackups, {});
    const backup = words.FILE === undefined ? backups[0] : backups.find(({ filename }) => filename === words.FILE);
    if (!backup)
      throw new CliError(EXIT.notFound, 'backup.not_found', {
        message: words.FILE === undefined ? 'There is no backup yet' : `There is no backup ${words.FILE}`,
        fix: words.FILE === undefined ? 'Make one: clawmoor backup run' : 'See: clawmoor backup list',
      });
    const path = values.output ?? basename(backup.filename);
    await saveDownload({
      fetch: (limit) => session.send(backupRoutes.downloadBackup, { filename: backup.filename }, { signal: limit, timeoutMs: null }),
      path,
      force: values.force ?? false,
      sha256: backup.sha256,
      signal,
      onBytes: (bytes) => out.status(`${byteSize(bytes)} of ${byteSize(backup.size)}`),
    });
    out.answer({ ...backup, path }, () => out.say(`${plain(path)}, ${byteSize(backup.size)}, SHA-256 ${backup.sha256}`));
  },
});
