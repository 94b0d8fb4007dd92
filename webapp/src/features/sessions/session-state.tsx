import type { Session } from '@clawmoor/shared/openclaw-sessions.ts';
import { sessionState } from '../../api/session.ts';
import { inPath } from '../../ui/in-path.ts';
import { StateWord } from '../../ui/parts.tsx';
import { sessions as text } from '../../words/en/sessions.ts';

/** What a conversation does now; one that is stuck stands out. */
export function SessionStateWord({ session: { running, stuck, lastRunAborted } }: { session: Session }) {
  if (stuck) return <StateWord tone="bad">{text.states.stuck}</StateWord>;
  if (running) return <StateWord tone="warn">{text.states.running}</StateWord>;
  return <StateWord tone="idle">{lastRunAborted ? text.states.stopped : text.states.idle}</StateWord>;
}

/** Its address in the app. */
export const sessionPath = (serverId: string, key: string): string => `/servers/${serverId}/sessions/${inPath(key)}`;

/** As the gateway calls it; else whose it is, or the rest of its key. */
export function titleOf({ title, key }: Session): string {
  const session = sessionState();
  if (session.kind === 'in' && key.endsWith(`:user-${session.session.user.id}`)) return text.yours;
  return title ?? (key.replace(/^agent:[^:]+:/, '') || text.untitled);
}
