import { useLocation } from 'wouter';
import type { Session, SessionMessage } from '@clawmoor/shared/openclaw-sessions.ts';
import { useServer } from '../../api/server-queries.ts';
import { useSession, useSessionUsage } from '../../api/session-queries.ts';
import { FactRow, List } from '../../ui/list.tsx';
import { fromPath, inPath } from '../../ui/in-path.ts';
import { Markdown } from '../../ui/markdown.tsx';
import { Show } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { sessions as text } from '../../words/en/sessions.ts';
import { fill, number, plural } from '../../words/words.ts';
import { SessionActions } from './session-actions.tsx';
import { SessionStateWord, titleOf } from './session-state.tsx';

/** One conversation: what was said last, what it costs, and what can be done with it. */
export function SessionPage({ id, sessionKey: encoded }: { id: string; sessionKey: string }) {
  const key = fromPath(encoded);
  const found = useSession(id, key);
  const role = useServer(id).data?.role;
  const [, go] = useLocation();
  const session = found.data?.session;
  const mayWrite = role !== undefined && role !== 'viewer';
  const agentId = session?.agentId ?? /^agent:([^:]+):/.exec(key)?.[1];
  const read =
    session && agentId !== undefined && role !== undefined
      ? { text: mayWrite ? text.talk : text.open, press: () => go(`/servers/${id}/agents/${agentId}/chat/${inPath(key)}`) }
      : undefined;
  return (
    <Screen title={session ? titleOf(session) : text.one} main={read}>
      <Show query={found}>
        {({ session: shown, messages }) => (
          <>
            <Facts session={shown} />
            {shown.stuck && (
              <p className="notice warn" role="status">
                {text.stuckHelp}
              </p>
            )}
            <h2>{text.last}</h2>
            <Last messages={messages} />
            <Usage serverId={id} sessionKey={key} />
            {mayWrite && <SessionActions serverId={id} session={shown} />}
          </>
        )}
      </Show>
    </Screen>
  );
}

function Facts({ session }: { session: Session }) {
  const { agentId, channel, model, tokens } = session;
  return (
    <List>
      <li className="row">
        <SessionStateWord session={session} />
      </li>
      {agentId !== null && (
        <FactRow name={text.agent}>
          <bdi dir="ltr">{agentId}</bdi>
        </FactRow>
      )}
      {channel !== null && (
        <FactRow name={text.channel}>
          <bdi dir="ltr">{channel}</bdi>
        </FactRow>
      )}
      {model !== null && (
        <FactRow name={text.model}>
          <bdi dir="ltr">{model}</bdi>
        </FactRow>
      )}
      {tokens && (
        <FactRow name={text.memory}>
          {tokens.limit === null
            ? plural(text.tokens, tokens.total)
            : fill(text.ofLimit, { used: number(tokens.total), limit: plural(text.tokens, tokens.limit) })}
        </FactRow>
      )}
    </List>
  );
}

const MOST_SHOWN = 3;

function Last({ messages }: { messages: readonly SessionMessage[] }) {
  const said = messages
    .filter(({ role, text: words }) => (role === 'user' || role === 'assistant') && words.trim() !== '')
    .slice(-MOST_SHOWN);
  if (said.length === 0) return <p className="card hint">{text.nothing}</p>;
  return (
    <List>
      {said.map(({ id, role, text: words }, at) => (
        <li key={id ?? at} className="row">
          <span className={role === 'user' ? 'grow' : 'grow hint'}>
            <Markdown text={words.length > 280 ? `${words.slice(0, 280)} …` : words} />
          </span>
        </li>
      ))}
    </List>
  );
}

function Usage({ serverId, sessionKey }: { serverId: string; sessionKey: string }) {
  const usage = useSessionUsage(serverId, sessionKey);
  return (
    <section>
      <h2>{text.usage}</h2>
      <Show query={usage} rows={1}>
        {({ input, output, cacheRead, costUsd, counting }) => (
          <>
            <List>
              <FactRow name={text.input}>{plural(text.tokens, input)}</FactRow>
              <FactRow name={text.output}>{plural(text.tokens, output)}</FactRow>
              {cacheRead > 0 && <FactRow name={text.cached}>{plural(text.tokens, cacheRead)}</FactRow>}
              <FactRow name={text.cost}>{number(costUsd, { style: 'currency', currency: 'USD', maximumFractionDigits: 4 })}</FactRow>
            </List>
            {counting && <p className="hint under">{text.counting}</p>}
          </>
        )}
      </Show>
    </section>
  );
}
