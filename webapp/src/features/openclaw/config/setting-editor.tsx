import { useState } from 'react';
import { REDACTED, type ConfigSchema } from '@clawmoor/shared/openclaw-config.ts';
import { Field } from '../../../ui/field.tsx';
import { SelectField } from '../../../ui/select-field.tsx';
import { config as text } from '../../../words/en/config.ts';
import { kindOf, parseValue, typedOf, type ValueKind } from './value-kind.ts';
import { unwish, useWishes, wish } from './wishes.ts';

export interface SettingEditorProps {
  id: string;
  schema: ConfigSchema;
  now: { config: Record<string, unknown>; hash: string };
  value: unknown;
}

/** The field for one value. What is entered waits, with other changes, until it is looked at and applied. */
export function SettingEditor({ id, schema: { path, isSecret, reload, schema }, now, value }: SettingEditorProps) {
  // A secret is one word, also where it could be a reference to one.
  const kind: ValueKind = isSecret ? { kind: 'text' } : kindOf(schema);
  const { wishes } = useWishes(id);
  const wished = wishes.find((one) => one.path === path);
  const stored = value === REDACTED ? undefined : value;
  const current = wished ? wished.value : stored;
  const [typed, setTyped] = useState(() => typedOf(kind, current));
  const [wrong, setWrong] = useState(false);
  const enter = (next: string): void => {
    setTyped(next);
    const parsed = parseValue(kind, next);
    const nothing = next === '' && (kind.kind !== 'text' || isSecret);
    setWrong(parsed === undefined && !nothing);
    if (nothing || (parsed !== undefined && JSON.stringify(parsed) === JSON.stringify(stored))) unwish(id, path);
    else if (parsed !== undefined) wish(id, now, { path, value: parsed, isSecret });
  };
  const reset = (): void => {
    setTyped('');
    setWrong(false);
    wish(id, now, { path, value: null, isSecret });
  };
  const keep = (): void => {
    setTyped(typedOf(kind, stored));
    setWrong(false);
    unwish(id, path);
  };
  return (
    <section className="card">
      <ValueField
        kind={kind}
        typed={typed}
        enter={enter}
        isSecret={isSecret}
        stored={value === REDACTED}
        problem={wrong ? (kind.kind === 'number' ? text.notNumber : text.notJson) : undefined}
      />
      <p className="hint">{text.reloads[reload]}</p>
      {wished?.value === null && <p className="warn">{text.willRemove}</p>}
      <div className="actions">
        {value !== undefined && wished?.value !== null && (
          <button type="button" className="button plain small" onClick={reset}>
            {text.reset}
          </button>
        )}
        {wished && (
          <button type="button" className="button plain small" onClick={keep}>
            {text.keep}
          </button>
        )}
      </div>
    </section>
  );
}

interface ValueFieldProps {
  kind: ValueKind;
  typed: string;
  enter: (typed: string) => void;
  isSecret: boolean;
  stored: boolean;
  problem: string | undefined;
}

function ValueField({ kind, typed, enter, isSecret, stored, problem }: ValueFieldProps) {
  const options = kind.kind === 'choice' ? kind.options : kind.kind === 'switch' ? ['true', 'false'] : undefined;
  if (options)
    return (
      <SelectField
        label={text.value}
        value={typed}
        options={[{ value: '', label: text.notSet }, ...options.map((option) => ({ value: option, label: labelOf(option) }))]}
        onChange={enter}
      />
    );
  const change = ({ target }: { target: { value: string } }): void => enter(target.value);
  if (isSecret)
    return (
      <Field
        label={text.value}
        type="password"
        autoComplete="off"
        help={stored ? text.secretStored : text.secretHelp}
        problem={problem}
        value={typed}
        dir="ltr"
        onChange={change}
      />
    );
  if (kind.kind === 'lines' || kind.kind === 'json' || kind.kind === 'settings' || kind.kind === 'map')
    return (
      <Field
        multiline
        label={text.value}
        help={kind.kind === 'lines' ? text.linesHelp : text.jsonHelp}
        problem={problem}
        value={typed}
        dir="ltr"
        rows={kind.kind === 'lines' ? 5 : 12}
        onChange={change}
      />
    );
  return (
    <Field
      label={text.value}
      problem={problem}
      value={typed}
      dir="ltr"
      {...(kind.kind === 'number' && { inputMode: 'numeric' as const })}
      onChange={change}
    />
  );
}

const labelOf = (option: string): string => (option === 'true' ? text.on : option === 'false' ? text.off : option);
