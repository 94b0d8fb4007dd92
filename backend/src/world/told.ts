import { createApprovalNews } from '../features/approvals/approval-news.ts';
import type { Approvals } from '../features/approvals/approvals.ts';
import { adminStore } from '../features/admin/admin.store.ts';
import type { Servers } from '../features/servers/servers.ts';
import type { Tasks } from '../tasks/tasks.ts';
import { createNewsSources } from './news-sources.ts';
import { createNews, type NewsParts } from './news.ts';

export interface ToldParts extends Omit<NewsParts, 'answerApproval' | 'servers'> {
  servers: Pick<Servers, 'list' | 'nameOf'>;
  tasks: Pick<Tasks, 'endedAfter'>;
  approvals: Pick<Approvals, 'list' | 'resolve'>;
}

// A tap waits for the gateway behind an SSH connection.
const ANSWER_WITHIN_MS = 30_000;

/** The news, and the parts that have some to tell. */
export function createTold(parts: ToldParts) {
  const { db, clock, log, people, servers, tasks, approvals } = parts;
  const news = createNews({
    ...parts,
    answerApproval: ({ serverId, approvalId, decision, by }) =>
      approvals
        .resolve(serverId, approvalId, { decision, by: by.firstName, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })
        .catch((error: unknown) => {
          // Somebody was quicker elsewhere, perhaps while we were not connected: the message says so from now on.
          approvalNews.onNews(serverId);
          throw error;
        }),
  });
  const { announce } = news;
  const store = adminStore(db);
  const sources = createNewsSources({
    announce,
    clock,
    log,
    nameOf: servers.nameOf,
    firstNameOf: (userId) =>
      people.auth.readUser(userId).then(
        ({ firstName }) => firstName,
        () => undefined,
      ),
    endedAfter: tasks.endedAfter,
    memory: { read: store.read, write: store.write },
  });
  const approvalNews = createApprovalNews({
    listWaiting: async (serverId, signal) => (await approvals.list(serverId, signal)).approvals,
    nameOf: servers.nameOf,
    announce,
    openNotices: news.notices.openNotices,
    clock,
    log,
  });
  let ended = false;
  return {
    ...news,
    sources,
    onTaskEnded: (): void => void (ended || sources.tellEndedTasks()),
    approvalNews,
    async begin(): Promise<void> {
      await news.begin();
      await sources.tellEndedTasks();
    },
    async [Symbol.asyncDispose](): Promise<void> {
      approvalNews.stop();
      ended = true;
      await sources.tellEndedTasks();
      await news[Symbol.asyncDispose]();
    },
  };
}
