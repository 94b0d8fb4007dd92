import { useLayoutEffect, useRef, type KeyboardEvent } from 'react';
import { useClosingConfirmation } from '../../telegram/controls.ts';
import { Icon } from '../../ui/icon.tsx';
import { DRAWN } from '../../ui/shapes.ts';
import { chat as text } from '../../words/en/chat.ts';
import { fill } from '../../words/words.ts';
import type { Attachment } from './attachments.ts';

export interface ComposerProps {
  value: string;
  files: readonly Attachment[];
  write: (value: string) => void;
  send: () => void;
  addFiles: (files: readonly File[]) => void;
  dropFile: (at: number) => void;
  /** A turn is under way: it can be stopped, and nothing else be said. */
  stop: (() => void) | undefined;
  stopping: boolean;
  /** Something else that keeps it from being sent. */
  reason: string | undefined;
}

const MOST_HEIGHT_PX = 168;

/** The field at the foot of a chat. On a keyboard Enter sends; on a phone it begins a line, as there everywhere. */
export function Composer({ value, files, write, send, addFiles, dropFile, stop, stopping, reason }: ComposerProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const empty = value.trim() === '';
  const blocked = stop !== undefined || reason !== undefined;
  useClosingConfirmation(!empty || files.length > 0);
  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${Math.min(element.scrollHeight + 2, MOST_HEIGHT_PX)}px`;
  }, [value]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    if (!event.ctrlKey && !event.metaKey && !matchMedia('(pointer: fine)').matches) return;
    event.preventDefault();
    if (!empty && !blocked) send();
  };
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        if (!empty && !blocked) send();
      }}
    >
      {files.length > 0 && <FileChips files={files} dropFile={dropFile} />}
      {!empty && blocked && <p className="hint">{reason ?? text.waitAnswer}</p>}
      {empty && files.length > 0 && <p className="hint">{text.needsWords}</p>}
      <div className="composer-line">
        <AttachButton addFiles={addFiles} />
        <textarea
          ref={field}
          rows={1}
          value={value}
          aria-label={text.field}
          placeholder={text.field}
          dir="auto"
          enterKeyHint="enter"
          onChange={({ target }) => write(target.value)}
          onKeyDown={onKeyDown}
        />
        {stop ? (
          <button
            type="button"
            className="round stop"
            aria-label={stopping ? text.stopping : text.stop}
            title={stopping ? text.stopping : text.stop}
            disabled={stopping}
            aria-busy={stopping}
            onClick={stop}
          >
            <Icon name="close" />
          </button>
        ) : (
          <button type="submit" className="round" aria-label={text.send} title={text.send} disabled={empty || blocked}>
            <Icon name={DRAWN.up} />
          </button>
        )}
      </div>
    </form>
  );
}

function AttachButton({ addFiles }: { addFiles: (files: readonly File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={text.attach}
        onChange={({ target }) => {
          addFiles([...(target.files ?? [])]);
          target.value = '';
        }}
      />
      <button type="button" className="icon-button" aria-label={text.attach} title={text.attach} onClick={() => input.current?.click()}>
        <Icon name={DRAWN.clip} />
      </button>
    </>
  );
}

const FileChips = ({ files, dropFile }: { files: readonly Attachment[]; dropFile: (at: number) => void }) => (
  <ul className="chips">
    {files.map(({ name }, at) => (
      <li key={at}>
        <button type="button" className="chip" aria-label={fill(text.removeFile, { name })} onClick={() => dropFile(at)}>
          <bdi>{name}</bdi> <span aria-hidden="true">×</span>
        </button>
      </li>
    ))}
  </ul>
);
