import { useState } from 'react';
import { ApiError } from '../api/client.ts';
import { provesByTyping, type Proof } from '../api/step-up.ts';
import { close } from '../telegram/controls.ts';
import { stepUp as text } from '../words/en/step-up.ts';
import { words } from '../words/words.ts';
import { Field } from './field.tsx';
import { Failed } from './parts.tsx';

export interface StepUpFormProps {
  /** What is to be done, as the button says it, and what it means. */
  action: string;
  help: string;
  busy: boolean;
  error: unknown;
  confirm: (proof: Proof) => void;
  cancel: () => void;
}

/** Before what a stolen session must not do: the person proves anew that they are there. Stands in a sheet. */
export function StepUpForm({ action, help, busy, error, confirm, cancel }: StepUpFormProps) {
  const [typed, setTyped] = useState('');
  const tooOld = error instanceof ApiError && error.code === 'auth.init_data_expired';
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) confirm(provesByTyping ? { confirm: typed.trim() } : undefined);
      }}
    >
      <p>{help}</p>
      {provesByTyping && (
        <Field
          label={text.type}
          value={typed}
          required
          maxLength={64}
          autoComplete="off"
          onChange={({ target }) => setTyped(target.value)}
        />
      )}
      {tooOld ? (
        <div className="notice warn" role="alert">
          <strong>{text.expired}</strong>
          <p>{text.expiredHelp}</p>
        </div>
      ) : (
        error !== null && error !== undefined && <Failed error={error} />
      )}
      <div className="actions">
        <button type="button" className="button plain" onClick={cancel}>
          {words.app.cancel}
        </button>
        {tooOld ? (
          <button type="button" className="button" onClick={close}>
            {text.close}
          </button>
        ) : (
          <button type="submit" className="button" disabled={busy} aria-busy={busy}>
            {action}
          </button>
        )}
      </div>
    </form>
  );
}
