import { useState } from 'react';
import { useSetKey } from '../../../api/model-queries.ts';
import { haptic } from '../../../telegram/controls.ts';
import { Field } from '../../../ui/field.tsx';
import { Failed } from '../../../ui/parts.tsx';
import { SelectField } from '../../../ui/select-field.tsx';
import { Sheet, type SheetHandle } from '../../../ui/sheet.tsx';
import { models as text } from '../../../words/en/models.ts';
import { words } from '../../../words/words.ts';

export interface KeySheetProps {
  id: string;
  sheet: SheetHandle;
  /** Whose key it is; empty: still to be chosen. */
  provider: string;
  addable: readonly string[];
}

/** A key on its way to the gateway: kept in no draft, gone from here when the sheet closes. */
export function KeySheet({ id, sheet, provider, addable }: KeySheetProps) {
  return (
    <Sheet sheet={sheet} title={text.addKey}>
      <KeyForm id={id} hide={sheet.hide} provider={provider} addable={addable} />
    </Sheet>
  );
}

function KeyForm({ id, hide, provider, addable }: Omit<KeySheetProps, 'sheet'> & { hide: () => Promise<void> }) {
  const [chosen, setChosen] = useState(provider || addable[0] || '');
  const [apiKey, setApiKey] = useState('');
  const set = useSetKey(id);
  const key = apiKey.trim();
  const valid = chosen !== '' && /^[\x21-\x7e]{4,8000}$/.test(key);
  const submit = (): void =>
    set.mutate(
      { provider: chosen, apiKey: key },
      {
        onSuccess: () => {
          haptic('success');
          // Not before the answer: a key that was refused is typed again otherwise.
          setApiKey('');
          set.reset();
          void hide();
        },
      },
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (valid && !set.isPending) submit();
      }}
    >
      <SelectField
        label={text.provider}
        value={chosen}
        options={[...new Set([chosen, ...addable])].filter(Boolean).map((name) => ({ value: name, label: name }))}
        onChange={setChosen}
      />
      <Field
        label={text.key}
        type="password"
        autoComplete="off"
        dir="ltr"
        help={text.keyHelp}
        problem={key !== '' && !valid ? text.keyWrong : undefined}
        value={apiKey}
        onChange={({ target }) => setApiKey(target.value)}
      />
      {set.isError && <Failed error={set.error} />}
      <div className="actions even">
        <button type="button" className="button plain" onClick={() => void hide()}>
          {words.app.cancel}
        </button>
        <button type="submit" className="button" disabled={!valid || set.isPending} aria-busy={set.isPending}>
          {set.isPending ? text.sending : text.send}
        </button>
      </div>
    </form>
  );
}
