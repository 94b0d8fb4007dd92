import type { UseQueryResult } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { ApiError } from '../../api/client.ts';
import { Field } from '../../ui/field.tsx';
import { Failed, Waiting } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { codes as text } from '../../words/en/codes.ts';

export interface CodeFormProps {
  title: string;
  intro?: string;
  label: string;
  help: string;
  wrong: string;
  /** The code in what was typed or pasted. */
  read: (typed: string) => string;
  valid: (code: string) => boolean;
  submit: (code: string) => void;
}

/** Where a code is typed that came by another way than a link. */
export function CodeForm({ title, intro, label, help, wrong, read, valid, submit }: CodeFormProps) {
  const [typed, setTyped] = useState('');
  const [left, setLeft] = useState(false);
  const code = read(typed.trim());
  const press = (): void => {
    if (valid(code)) submit(code);
  };
  return (
    <Screen title={title} back="/settings" main={{ text: text.look, press, disabled: !valid(code), reason: text.first }}>
      {intro !== undefined && <p>{intro}</p>}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          press();
        }}
      >
        <Field
          label={label}
          help={help}
          problem={left && typed !== '' && !valid(code) ? wrong : undefined}
          value={typed}
          dir="ltr"
          autoComplete="off"
          maxLength={200}
          onBlur={() => setLeft(true)}
          onChange={({ target }) => setTyped(target.value)}
        />
        <button type="submit" className="visually-hidden" tabIndex={-1}>
          {text.look}
        </button>
      </form>
    </Screen>
  );
}

/** What a code stands for. A code that was refused stays refused: only where the answer was lost can it be asked again. */
export function ShowCode<Data>({ query, children }: { query: UseQueryResult<Data>; children: (data: Data) => ReactNode }) {
  const { data, isPending, error, refetch } = query;
  if (isPending) return <Waiting rows={2} />;
  if (data !== undefined) return children(data);
  const refused = error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429;
  return <Failed error={error} {...(!refused && { retry: () => void refetch() })} />;
}
