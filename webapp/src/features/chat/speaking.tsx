import { useEffect, useRef, useState } from 'react';
import { randomKey } from '../../api/queries.ts';
import { haptic } from '../../telegram/controls.ts';
import { Failed } from '../../ui/parts.tsx';
import { chat as text } from '../../words/en/chat.ts';
import { fill } from '../../words/words.ts';
import { attach, type Attachment } from './attachments.ts';
import { Composer } from './composer.tsx';
import { useMessageDraft } from './draft.ts';
import type { Talk } from './talk.ts';
import type { useChat } from './use-chat.ts';

const MOST_CHARACTERS = 50_000;

interface SpeakingProps {
  sessionKey: string;
  talk: Talk;
  send: ReturnType<typeof useChat>['send'];
  abort: () => Promise<void>;
  running: boolean;
  offerHello: boolean;
  toEnd: () => void;
}

/** What the person says: the field, what goes along, and what went wrong with it. */
export function Speaking({ sessionKey, talk, send, abort, running, offerHello, toEnd }: SpeakingProps) {
  const draft = useMessageDraft(sessionKey);
  const latest = useRef(draft.text);
  latest.current = draft.text;
  const [files, setFiles] = useState<readonly Attachment[]>([]);
  const [problems, setProblems] = useState<readonly string[]>([]);
  const [failure, setFailure] = useState<{ said: string; error: unknown }>();
  const [stopping, setStopping] = useState(false);
  useEffect(() => {
    if (!running) setStopping(false);
  }, [running]);
  // Sent by the launch before, which was lost before it knew.
  const { lost, arrived, write } = draft;
  const arrivedBefore = lost !== null && talk.messages.findLast(({ role }) => role === 'user')?.text.trim() === lost.text;
  useEffect(() => {
    if (!arrivedBefore || latest.current !== lost.text) return;
    arrived();
    write('');
    // Once: what is written later is not touched.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [arrivedBefore]);
  const say = async (message: string): Promise<void> => {
    const taken = files;
    setFailure(undefined);
    setProblems([]);
    setFiles([]);
    const idempotencyKey = draft.take(message, randomKey());
    toEnd();
    try {
      await send({ message, idempotencyKey, ...(taken.length > 0 && { attachments: [...taken] }) });
      draft.arrived();
    } catch (error) {
      haptic('error');
      draft.giveBack(message, latest.current);
      setFiles(taken);
      setFailure({ said: text.notSent, error });
    }
  };
  const stop = (): void => {
    setStopping(true);
    abort().catch((error: unknown) => {
      setStopping(false);
      setFailure({ said: '', error });
    });
  };
  const add = async (chosen: readonly File[]): Promise<void> => {
    const { all, problems: found } = await attach(files, chosen);
    setFiles(all);
    setProblems(found);
  };
  return (
    <>
      {failure && (
        <>
          <Failed error={failure.error} />
          {failure.said !== '' && <p className="hint">{failure.said}</p>}
        </>
      )}
      {problems.map((problem) => (
        <p key={problem} className="notice warn" role="alert">
          {problem}
        </p>
      ))}
      {offerHello && draft.text === '' && (
        <button type="button" className="button wide" onClick={() => void say(text.hello)}>
          {text.hello}
        </button>
      )}
      <Composer
        value={draft.text}
        files={files}
        write={draft.write}
        send={() => void say(draft.text.trim())}
        addFiles={(chosen) => void add(chosen)}
        dropFile={(at) => setFiles(files.filter((_, other) => other !== at))}
        stop={running ? stop : undefined}
        stopping={stopping}
        reason={draft.text.length > MOST_CHARACTERS ? fill(text.tooLong, { count: String(MOST_CHARACTERS) }) : undefined}
      />
    </>
  );
}
