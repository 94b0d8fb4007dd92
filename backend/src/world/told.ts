import type { Answered, Approvals } from '../features/approvals/approvals.ts';
import type { Incidents } from '../features/incidents/incidents.ts';
import { createNews, type NewsParts } from './news.ts';

export interface ToldParts extends Omit<NewsParts, 'answerApproval' | 'acknowledge'> {
  approvals: () => Pick<Approvals, 'resolve'>;
  incidents: () => Pick<Incidents, 'acknowledge'>;
  /** What waits for an answer on a server has changed, or may have. */
  onApprovals: (serverId: string) => void;
}

// A tap waits for the gateway behind an SSH connection.
const ANSWER_WITHIN_MS = 30_000;

/** What people are told, and what the buttons under it do in the other parts. */
export function createTold({ approvals, incidents, onApprovals, ...parts }: ToldParts) {
  const news = createNews({
    ...parts,
    answerApproval: ({ serverId, approvalId, decision, by }) =>
      approvals()
        .resolve(serverId, approvalId, { decision, by: by.firstName, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })
        .catch((error: unknown) => {
          // Somebody was quicker elsewhere, perhaps while we were not connected: the message says so from now on.
          onApprovals(serverId);
          throw error;
        }),
    acknowledge: async (id, { id: userId, firstName: name }) => void (await incidents().acknowledge(id, { userId, name })),
  });
  const { notices } = news;
  return {
    ...news,
    /** Who has answered stands in every chat; it does not matter whether this can be said: the answer stands. */
    async onApprovalAnswered({ serverId, approvalId, decision, by }: Answered): Promise<void> {
      const what = decision === 'deny' ? 'denied' : 'allowed';
      await notices
        .answered({ serverId, approvalId, what, by })
        .catch((error: unknown) => parts.log.error({ err: error, serverId }, 'an answer could not be told'));
    },
    async onAcknowledged(id: string, name: string): Promise<void> {
      await notices
        .acknowledged(id, name)
        .catch((error: unknown) => parts.log.error({ err: error, incident: id }, 'who looks after it could not be told'));
    },
  };
}
