import { useState } from 'react';
import type { NewPersonalToken, TokenScope } from '@clawmoor/shared/tokens.ts';
import { useCreateToken } from '../../api/me-queries.ts';
import { Choice, Field } from '../../ui/field.tsx';
import { Failed } from '../../ui/parts.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { codes } from '../../words/en/codes.ts';
import { tokens as text } from '../../words/en/tokens.ts';
import { plural, words } from '../../words/words.ts';

const SCOPES = ['read', 'write', 'admin'] as const;
const DAYS = ['7', '30', '90', '365'] as const;
const DAY_MS = 86_400_000;

export interface TokenFormProps {
  made: (token: NewPersonalToken) => void;
  close: () => void;
}

export function TokenForm({ made, close }: TokenFormProps) {
  const [name, setName] = useState('');
  const [scope, setScope] = useState<TokenScope>('read');
  const [days, setDays] = useState<(typeof DAYS)[number]>('90');
  const create = useCreateToken();
  const submit = (): void => {
    const expiresAt = new Date(Date.now() + Number(days) * DAY_MS).toISOString();
    create.mutate({ name: name.trim(), scope, expiresAt }, { onSuccess: made });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!create.isPending) submit();
      }}
    >
      <Field
        label={text.name}
        help={text.nameHelp}
        required
        pattern=".*\S.*"
        maxLength={64}
        autoComplete="off"
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      <Choice<TokenScope>
        legend={text.scope}
        value={scope}
        onChange={setScope}
        options={SCOPES.map((value) => ({ value, label: codes.scopes[value], help: codes.scopeHelp[value] }))}
      />
      <SelectField
        label={text.lasts}
        value={days}
        options={DAYS.map((value) => ({ value, label: plural(text.days, Number(value)) }))}
        onChange={setDays}
      />
      {create.isError && <Failed error={create.error} />}
      <div className="actions">
        <button type="button" className="button plain" onClick={close}>
          {words.app.cancel}
        </button>
        <button type="submit" className="button" disabled={create.isPending} aria-busy={create.isPending}>
          {text.submit}
        </button>
      </div>
    </form>
  );
}
