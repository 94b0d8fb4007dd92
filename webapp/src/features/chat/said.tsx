import { memo, useState } from 'react';
import type { SessionMessage } from '@clawmoor/shared/openclaw-sessions.ts';
import { Icon } from '../../ui/icon.tsx';
import { Markdown } from '../../ui/markdown.tsx';
import { Failed } from '../../ui/parts.tsx';
import { chat as text } from '../../words/en/chat.ts';
import { sentenceOf } from '../../words/problems.ts';
import { dateTime } from '../../words/words.ts';
import type { Part, Turn } from './transcript.ts';

/** One message of the past. */
export const Said = memo(function Said({ message, showWhole }: { message: SessionMessage; showWhole: (id: string) => Promise<void> }) {
  const { id, role, text: words, tools, at, truncated } = message;
  if (words.trim() === '' && role !== 'tool') return null;
  const more = truncated && id !== null && <Whole id={id} showWhole={showWhole} />;
  if (role === 'tool')
    return (
      <li className="said" data-said>
        <Tool name={tools[0]?.name ?? 'tool'} state="end" detail={words} />
        {more}
      </li>
    );
  if (role === 'other')
    return (
      <li className="said note hint" data-said>
        {text.note}: {words.slice(0, 300)}
      </li>
    );
  return (
    <li className={role === 'user' ? 'said mine' : 'said'} data-said title={at === null ? undefined : dateTime(at)}>
      {role === 'user' ? <Question words={words} files={[]} /> : <Markdown text={words} />}
      {more}
    </li>
  );
});

function Whole({ id, showWhole }: { id: string; showWhole: (id: string) => Promise<void> }) {
  const [state, setState] = useState<{ busy?: true; error?: unknown }>({});
  const show = (): void => {
    setState({ busy: true });
    showWhole(id).then(
      () => setState({}),
      (error: unknown) => setState({ error }),
    );
  };
  return (
    <>
      <button type="button" className="link" disabled={state.busy === true} onClick={show}>
        {text.whole}
      </button>
      {state.error !== undefined && <Failed error={state.error} />}
    </>
  );
}

function Question({ words, files }: { words: string; files: readonly string[] }) {
  return (
    <div className="bubble" dir="auto">
      <span className="visually-hidden">{text.you}: </span>
      {words}
      {files.map((name) => (
        <span key={name} className="tag">
          <bdi>{name}</bdi>
        </span>
      ))}
    </div>
  );
}

/** A question from here or elsewhere, and its answer as far as it has come. */
export const TurnView = memo(function TurnView({ turn }: { turn: Turn }) {
  const { question, files, parts, state, again, aborted, failure } = turn;
  const said = failure && sentenceOf(failure);
  return (
    <>
      {question !== undefined && (
        <li className="said mine" data-said>
          <Question words={question} files={files} />
          {state === 'sending' && <small className="hint">{text.sending}</small>}
        </li>
      )}
      {state !== 'sending' && (
        <li className="said" data-said aria-busy={state !== 'over'}>
          {parts.map((part, at) => (
            <PartView key={at} part={part} />
          ))}
          {state !== 'over' && (
            <p className="hint dots">
              <span className="spinner" aria-hidden="true" />
              {again ? text.again : state === 'speaking' ? text.speaking : text.thinking}
            </p>
          )}
          {aborted && <small className="tag">{text.stopped}</small>}
          {said && (
            <div className="notice bad" role="alert">
              <strong>{text.failed}</strong>
              <p>{said.message}</p>
              {said.fix !== undefined && <p>{said.fix}</p>}
              {'original' in said && said.original !== undefined && (
                <p className="hint">
                  <bdi>{said.original}</bdi>
                </p>
              )}
            </div>
          )}
        </li>
      )}
    </>
  );
});

const PartView = memo(function PartView({ part }: { part: Part }) {
  if (part.kind === 'text') return <Markdown text={part.text} />;
  return <Tool name={part.name} state={part.failed ? 'failed' : part.phase} detail={part.detail ?? ''} />;
});

/** What the agent did: folded, since its words matter more. */
function Tool({ name, state, detail }: { name: string; state: keyof typeof text.tools; detail: string }) {
  const head = (
    <>
      <Icon name="wrench" />
      <bdi dir="ltr" className="mono">
        {name}
      </bdi>
      <span className={state === 'failed' ? 'bad' : 'hint'}>{text.tools[state]}</span>
    </>
  );
  if (detail.trim() === '') return <p className="tool">{head}</p>;
  return (
    <details className="tool">
      <summary>{head}</summary>
      <pre className="line" dir="ltr">
        {detail}
      </pre>
    </details>
  );
}
