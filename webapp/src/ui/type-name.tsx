import { useState } from 'react';
import { kit } from '../words/en/kit.ts';
import { fill, words } from '../words/words.ts';
import { Field } from './field.tsx';
import { Failed } from './parts.tsx';
import { Sheet, type SheetHandle } from './sheet.tsx';

export interface TypeNameProps {
  sheet: SheetHandle;
  /** What is to be done, as the button says it. */
  action: string;
  /** What it means. */
  help: string;
  name: string;
  busy: boolean;
  error: unknown;
  confirm: () => void;
}

/** Before what cannot be taken back: the person types the name of the thing. */
export function TypeName({ sheet, action, help, name, busy, error, confirm }: TypeNameProps) {
  const [typed, setTyped] = useState('');
  return (
    <Sheet sheet={sheet} title={action}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (typed === name) confirm();
        }}
      >
        <p>{help}</p>
        <Field
          label={fill(kit.typeName, { name: `“${name}”` })}
          value={typed}
          autoComplete="off"
          onChange={({ target }) => setTyped(target.value)}
        />
        {error !== null && error !== undefined && <Failed error={error} />}
        <div className="actions">
          <button type="button" className="button plain" onClick={() => void sheet.hide()}>
            {words.app.cancel}
          </button>
          <button type="submit" className="button danger" disabled={typed !== name || busy} aria-busy={busy}>
            {action}
          </button>
        </div>
      </form>
    </Sheet>
  );
}
