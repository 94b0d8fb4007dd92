import { auditRoutes } from '@clawmoor/shared/audit.ts';
import { command } from '../command.ts';
import { readNumber } from '../args.ts';
import { serverId } from '../session/server-name.ts';
import { plain } from '../terminal/plain.ts';
import { localTime } from '../terminal/time.ts';

export const audit = command({
  name: 'audit',
  words: ['[SERVER]'],
  summary: 'What was changed or refused, newest first: on your server, or everywhere (super-admins)',
  options: {
    action: { type: 'string', value: 'ACTION', summary: 'only this action, such as server.create' },
    actor: { type: 'string', value: 'ID', summary: 'only of this person' },
    result: { type: 'string', value: 'RESULT', summary: 'ok, failed, or the code of a failure' },
    from: { type: 'string', value: 'TIME', summary: 'not before, such as 2026-11-01T00:00:00Z' },
    to: { type: 'string', value: 'TIME', summary: 'not after' },
    q: { type: 'string', value: 'TEXT', summary: 'that holds this text' },
    limit: { type: 'string', value: 'COUNT', summary: 'at most so many (50)' },
    cursor: { type: 'string', value: 'CURSOR', summary: 'go on where a list ended' },
  },
  async run({ sessions, out }, { words, values }) {
    const limit = readNumber('limit', values.limit, { least: 1, most: 200 }) ?? 50;
    const session = sessions.open();
    const query = { ...values, limit };
    const answer =
      words.SERVER === undefined
        ? await session.call(auditRoutes.listAudit, query)
        : await session.call(auditRoutes.listServerAudit, { ...query, id: await serverId(session, words.SERVER) });
    out.answer(answer, ({ entries, nextCursor }) => {
      out.table(
        ['AT', 'WHO', 'ACTION', 'OBJECT', 'RESULT'],
        entries.map(({ at, actor, action, target, result }) => [localTime(at), actor?.name ?? actor?.id ?? null, action, target, result]),
        'Nothing fits.',
      );
      if (nextCursor !== null) out.note(`There may be more: --cursor ${plain(nextCursor)}`);
    });
  },
});
