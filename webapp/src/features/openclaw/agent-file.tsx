import { useState } from 'react';
import { MOST_FILE_BYTES, type AgentFileContent } from '@clawmoor/shared/openclaw-agents.ts';
import { readAgentFile, useAgentFile, useWriteAgentFile } from '../../api/agent-queries.ts';
import { ApiError } from '../../api/client.ts';
import { useServer } from '../../api/server-queries.ts';
import { haptic } from '../../telegram/controls.ts';
import { confirm } from '../../telegram/popup.ts';
import { bytes } from '../../ui/bytes.ts';
import { CodeEditor, leaveQuestion } from '../../ui/code-editor.tsx';
import { Diff } from '../../ui/diff.tsx';
import { useDraft } from '../../ui/draft.ts';
import { Failed, Show } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { fromPath } from '../../ui/in-path.ts';
import { files as text } from '../../words/en/files.ts';
import { fill } from '../../words/words.ts';

interface OfFile {
  id: string;
  agentId: string;
  name: string;
}

/** One file of an agent, to be read or written. */
export function AgentFile({ name, ...agent }: OfFile) {
  const of = { ...agent, name: fromPath(name) };
  const file = useAgentFile(of.id, of.agentId, of.name);
  const role = useServer(of.id).data?.role;
  if (file.data && role !== undefined) return <Editor of={of} file={file.data} mayWrite={role !== 'viewer'} />;
  return (
    <Screen title={of.name}>
      <Show query={file}>{() => null}</Show>
    </Screen>
  );
}

interface Draft {
  content: string;
  /** The version that the words were written over. */
  baseHash: string | null;
}
const whole = (draft: Draft): Draft => draft;

function Editor({ of, file, mayWrite }: { of: OfFile; file: AgentFileContent; mayWrite: boolean }) {
  const [saved, setSaved] = useState({ content: file.content, hash: file.hash });
  const [theirs, setTheirs] = useState<{ content: string; hash: string | null }>();
  const [failure, setFailure] = useState<unknown>();
  const [done, setDone] = useState(false);
  const write = useWriteAgentFile(of.id, of.agentId, of.name);
  // A draft remembers what it was written over: a version that is newer by now is met by the conflict below, never overwritten.
  const { form, set, restored } = useDraft(
    `file-${of.id}-${of.agentId}-${of.name}`,
    { content: saved.content, baseHash: saved.hash },
    whole,
  );
  const unsaved = form.content !== saved.content;
  const size = new TextEncoder().encode(form.content).length;
  const fits = size <= MOST_FILE_BYTES;
  const save = (baseHash = form.baseHash): void => {
    if (!mayWrite || !unsaved || !fits || write.isPending) return;
    setFailure(undefined);
    setDone(false);
    write.mutate(
      { content: form.content, baseHash },
      {
        onSuccess(written) {
          haptic('success');
          setTheirs(undefined);
          setDone(true);
          setSaved({ content: form.content, hash: written.hash });
          set({ baseHash: written.hash });
        },
        onError(error) {
          if (error instanceof ApiError && error.code === 'file.changed_meanwhile') void readAgentFile(of).then(setTheirs, setFailure);
          else setFailure(error);
        },
      },
    );
  };
  const keepMine = async (): Promise<void> => {
    if (theirs && (await confirm(text.keepMineAsk, text.keepMine))) save(theirs.hash);
  };
  const takeTheirs = async (): Promise<void> => {
    if (!theirs || !(await confirm(text.takeTheirsAsk, text.takeTheirs))) return;
    setSaved(theirs);
    set({ content: theirs.content, baseHash: theirs.hash });
    setTheirs(undefined);
  };
  return (
    <Screen
      title={of.name}
      leave={leaveQuestion(unsaved)}
      main={
        mayWrite && !theirs
          ? {
              text: text.save,
              press: () => save(),
              busy: write.isPending,
              disabled: !unsaved || !fits,
              reason: unsaved ? undefined : text.nothing,
            }
          : undefined
      }
    >
      {!mayWrite && <p className="notice">{text.viewer}</p>}
      {restored && unsaved && (
        <p className="hint" role="status">
          {text.kept}
        </p>
      )}
      {theirs && (
        <section className="card" role="alert">
          <h2>{text.conflict}</h2>
          <p>{text.conflictHelp}</p>
          <Diff before={theirs.content} after={form.content} label={text.diff} />
          <div className="actions">
            <button type="button" className="button plain" onClick={() => void takeTheirs()}>
              {text.takeTheirs}
            </button>
            <button type="button" className="button danger" disabled={write.isPending} onClick={() => void keepMine()}>
              {text.keepMine}
            </button>
          </div>
        </section>
      )}
      {failure !== undefined && <Failed error={failure} />}
      <CodeEditor
        label={of.name}
        value={form.content}
        saved={saved.content}
        readOnly={!mayWrite}
        wraps={of.name.endsWith('.md')}
        onChange={(content) => {
          setDone(false);
          set({ content });
        }}
        onSave={() => save()}
      />
      <p className="hint" role="status">
        {!fits ? fill(text.tooLarge, { size: bytes(MOST_FILE_BYTES), now: bytes(size) }) : done ? text.saved : ''}
      </p>
    </Screen>
  );
}
