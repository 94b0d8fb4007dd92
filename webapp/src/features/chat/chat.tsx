import { useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { useAgent } from '../../api/agent-queries.ts';
import { ApiError } from '../../api/client.ts';
import { useServer } from '../../api/server-queries.ts';
import { sessionState } from '../../api/session.ts';
import { useOwnGestures } from '../../telegram/controls.ts';
import { Icon } from '../../ui/icon.tsx';
import { fromPath } from '../../ui/in-path.ts';
import { EmptyState, Failed, Waiting } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { chat as text } from '../../words/en/chat.ts';
import { words } from '../../words/words.ts';
import { sentenceOf } from '../../words/problems.ts';
import { useFollowEnd, useKeyboardInset } from './follow-end.ts';
import { Said, TurnView } from './said.tsx';
import { Speaking } from './speaking.tsx';
import type { Talk } from './talk.ts';
import { useChat } from './use-chat.ts';
import './chat.css';

/** A person's own conversation with an agent, or the one that the address names. */
export function Chat({ id, agentId, sessionKey }: { id: string; agentId: string; sessionKey?: string }) {
  const agent = useAgent(id, agentId);
  const role = useServer(id).data?.role;
  const session = sessionState();
  const userId = session.kind === 'in' ? session.session.user.id : '';
  const [mine] = useState(`agent:${agentId}:user-${userId}`.toLowerCase());
  return (
    <Screen title={agent.data?.name ?? text.title}>
      {agent.error instanceof ApiError && agent.error.code === 'agent.not_found' ? (
        <Failed error={agent.error} retry={() => void agent.refetch()} />
      ) : role === undefined ? (
        <Waiting />
      ) : role === 'viewer' && sessionKey === undefined ? (
        <EmptyState
          title={text.title}
          action={
            <Link href={`/servers/${id}/agents/${agentId}/sessions`} className="button plain">
              {text.viewerRead}
            </Link>
          }
        >
          {text.viewer}
        </EmptyState>
      ) : (
        <Conversation
          id={id}
          agentId={agentId}
          sessionKey={sessionKey === undefined ? mine : fromPath(sessionKey)}
          mayWrite={role !== 'viewer'}
        />
      )}
    </Screen>
  );
}

interface ConversationProps {
  id: string;
  agentId: string;
  sessionKey: string;
  mayWrite: boolean;
}

function Conversation({ id, agentId, sessionKey, mayWrite }: ConversationProps) {
  const { talk, send, abort, loadEarlier, reload, showWhole } = useChat({ id, agentId, sessionKey });
  const list = useRef<HTMLOListElement>(null);
  const first = talk.messages[0];
  const scroll = useFollowEnd(list, first && (first.id ?? String(first.seq)));
  useOwnGestures();
  useKeyboardInset();
  const running = talk.turns.findLast(({ state }) => state !== 'over');
  const answered = talk.turns.at(-1)?.state === 'over';
  const isEmpty = talk.history === 'ready' && talk.messages.length === 0 && talk.turns.length === 0;
  return (
    <>
      {talk.history === 'loading' && talk.turns.length === 0 && <Waiting rows={4} />}
      {talk.history === 'failed' && <Failed error={talk.error} retry={() => void reload()} />}
      {talk.cursor !== null && <Earlier state={talk.earlier} load={() => void loadEarlier(scroll.hold)} />}
      {isEmpty && <EmptyState title={text.empty}>{text.emptyHelp}</EmptyState>}
      <ol className="talk" ref={list} aria-label={text.talk}>
        {talk.messages.map((message, at) => (
          <Said key={message.id ?? message.seq ?? `at-${at}`} message={message} showWhole={showWhole} />
        ))}
        {talk.turns.map((turn) => (
          <TurnView key={turn.key} turn={turn} />
        ))}
      </ol>
      <p className="visually-hidden" role="status">
        {running ? text.working : answered ? text.answered : ''}
      </p>
      <div className="foot">
        {scroll.away && (
          <button type="button" className="pill" onClick={scroll.goToEnd}>
            <Icon name="down" />
            {running ? text.newWords : text.toEnd}
          </button>
        )}
        <Line talk={talk} />
        {mayWrite ? (
          <Speaking
            sessionKey={sessionKey}
            talk={talk}
            send={send}
            abort={() => abort(running?.runId)}
            running={running !== undefined || talk.busyElsewhere}
            offerHello={isEmpty}
            toEnd={scroll.goToEnd}
          />
        ) : (
          <p className="hint reason">{text.viewer}</p>
        )}
      </div>
    </>
  );
}

/** Asked for by a tap, or by scrolling up to it. */
function Earlier({ state, load }: { state: Talk['earlier']; load: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  const latest = useRef(load);
  latest.current = load;
  useEffect(() => {
    const element = button.current;
    if (!element || state !== 'idle') return;
    const seen = new IntersectionObserver(([entry]) => entry?.isIntersecting === true && window.scrollY > 0 && latest.current());
    seen.observe(element);
    return () => seen.disconnect();
  }, [state]);
  return (
    <button
      ref={button}
      type="button"
      className="button plain wide"
      disabled={state === 'loading'}
      aria-busy={state === 'loading'}
      onClick={load}
    >
      {state === 'loading' ? words.app.loading : state === 'failed' ? words.app.retry : text.earlier}
    </button>
  );
}

/** What stands between us and the agent, while something does. */
function Line({ talk: { line, down } }: { talk: Talk }) {
  if (line === 'waiting')
    return (
      <p className="notice warn" role="status">
        {text.line}
      </p>
    );
  if (!down) return null;
  return (
    <p className="notice warn" role="status">
      {text.down} {sentenceOf(down).message}.
    </p>
  );
}
