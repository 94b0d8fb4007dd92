import type { Role } from '@clawmoor/shared/route.ts';
import type { AuditEntry } from '../../lib/audit-entry.ts';
import type { Incoming, Sender } from '../../lib/bot.ts';
import type { Notice } from '../../lib/notice.ts';
import { Problem } from '../../lib/problem.ts';
import type { BotWords } from './words.ts';
import { fill } from './tongues.ts';

export type Tap = Extract<Incoming, { is: 'tap' }>;
type Act = NonNullable<Notice['actions']>[number];

export interface TapParts {
  behindButton: (rowId: number, userId: string) => Promise<Notice | undefined>;
  roleOf: (serverId: string, userId: string) => Promise<Role | undefined>;
  isSuperAdmin: (userId: string) => boolean;
  record: (entry: AuditEntry) => Promise<void>;
  /** Throws `approval.already_resolved` and `approval.not_found`. */
  answerApproval: (answer: { serverId: string; approvalId: string; decision: 'allow-once' | 'deny'; by: Sender }) => Promise<void>;
  acknowledge: (subject: string, by: Sender) => Promise<void>;
  muteServer: (userId: string, serverId: string) => Promise<void>;
}

const BUTTON = /^(acknowledge|mute_server|allow_once|deny)\.(\d{1,15})$/;
const AUDITED: Record<Act, string> = {
  allow_once: 'approval.resolve',
  deny: 'approval.resolve',
  acknowledge: 'incident.acknowledge',
  mute_server: 'prefs.change',
};
// What only moves one's own wishes needs no more than to see the server.
const NEEDED: Record<Act, readonly Role[]> = {
  allow_once: ['admin', 'owner'],
  deny: ['admin', 'owner'],
  acknowledge: ['admin', 'owner'],
  mute_server: ['viewer', 'admin', 'owner'],
};

/** What the buttons under a notice do. A button carries a number; what it means stands in our rows, and counts for its reader alone. */
export function createTaps(parts: TapParts) {
  async function act(what: Act, notice: Notice, by: Sender): Promise<void> {
    const { subject, server, facts } = notice;
    if (what === 'acknowledge') return parts.acknowledge(subject, by);
    if (!server) return;
    if (what === 'mute_server') return parts.muteServer(by.id, server.id);
    const decision = what === 'allow_once' ? 'allow-once' : 'deny';
    return parts.answerApproval({ serverId: server.id, approvalId: String(facts['approvalId']), decision, by });
  }

  /** Whether their role of this moment is enough. */
  async function mayAct(what: Act, { server }: Notice, userId: string): Promise<boolean> {
    if (!server) return what === 'acknowledge' && parts.isSuperAdmin(userId);
    const role = await parts.roleOf(server.id, userId);
    return role !== undefined && NEEDED[what].includes(role);
  }

  const audit = (what: Act, notice: Notice, by: Sender, result: string): Promise<void> =>
    parts.record({
      action: AUDITED[what],
      actorId: by.id,
      actorName: by.firstName,
      serverId: notice.server?.id,
      target: what === 'mute_server' ? notice.server?.id : String(notice.facts['approvalId'] ?? notice.subject),
      result,
      after: { tapped: what, via: 'bot' },
      ip: undefined,
      requestId: undefined,
    });

  /** Does what the button says; `false` for one that is no button of a notice. */
  return async function tapped({ data, from, answer }: Tap, words: BotWords): Promise<boolean> {
    const [, name, rowId] = BUTTON.exec(data) ?? [];
    if (name === undefined) return false;
    const what = name as Act; // the pattern names them all
    const notice = await parts.behindButton(Number(rowId), from.id);
    if (!notice?.actions?.includes(what)) return (await answer(words.gone), true);
    if (!(await mayAct(what, notice, from.id))) {
      await audit(what, notice, from, 'auth.role_too_low');
      return (await answer(words.roleTooLow), true);
    }
    if (notice.phase === 'resolved') return (await answer(words.tooLate), true);
    try {
      await act(what, notice, from);
      await audit(what, notice, from, 'ok');
      await answer(words.done);
    } catch (error) {
      if (!(error instanceof Problem)) {
        await answer(fill(words.failed, { reason: '…' }));
        throw error;
      }
      await audit(what, notice, from, error.code);
      const late = error.code === 'approval.already_resolved' || error.code === 'approval.not_found';
      await answer(late ? words.tooLate : fill(words.failed, { reason: error.message }));
    }
    return true;
  };
}
