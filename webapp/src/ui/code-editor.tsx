import { useEffect, useId } from 'react';
import { useClosingConfirmation } from '../telegram/controls.ts';
import { kit } from '../words/en/kit.ts';

export interface CodeEditorProps {
  label: string;
  value: string;
  /** What is stored; where it differs, the text counts as unsaved. */
  saved: string;
  onChange: (value: string) => void;
  readOnly?: boolean;
  /** Long lines go on below: for prose, of which a phone shows no whole line otherwise. */
  wraps?: boolean;
  /** Ctrl or Cmd with S. */
  onSave?: () => void;
}

/** What `Screen` asks with before an unsaved text is left. */
export const leaveQuestion = (unsaved: boolean): { question: string; action: string } | undefined =>
  unsaved ? { question: kit.editor.leave, action: kit.editor.leaveAction } : undefined;

/** A text file as it is. Tab leaves the field, as everywhere: who types by keyboard must get out. */
export function CodeEditor({ label, value, saved, onChange, readOnly = false, wraps = false, onSave }: CodeEditorProps) {
  const id = useId();
  const unsaved = value !== saved;
  useClosingConfirmation(unsaved);
  useEffect(() => {
    if (!unsaved) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [unsaved]);
  return (
    <div className="field editor">
      <label htmlFor={id}>
        <bdi dir="ltr">{label}</bdi>{' '}
        <small className="tag" role="status" hidden={!unsaved}>
          {unsaved ? kit.editor.unsaved : ''}
        </small>
      </label>
      <textarea
        id={id}
        value={value}
        readOnly={readOnly}
        dir="ltr"
        spellCheck={false}
        autoCapitalize="none"
        autoCorrect="off"
        wrap={wraps ? 'soft' : 'off'}
        onChange={({ target }) => onChange(target.value)}
        onKeyDown={(event) => {
          if (event.key !== 's' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          onSave?.();
        }}
      />
    </div>
  );
}
