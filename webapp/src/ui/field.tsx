import { useId, type ComponentProps } from 'react';
import { haptic } from '../telegram/controls.ts';
import { words } from '../words/words.ts';

type FieldProps = { label: string; help?: string | undefined; problem?: string | undefined; optional?: boolean } & (
  | ({ multiline: true } & ComponentProps<'textarea'>)
  | ({ multiline?: false } & ComponentProps<'input'>)
);

/** A labelled input; its help, or what is wrong with it, is read out with it. */
export function Field({ label, help, problem, optional = false, ...rest }: FieldProps) {
  const id = useId();
  const note = problem ?? help;
  const described = {
    id,
    ...(note !== undefined && { 'aria-describedby': `${id}-note` }),
    'aria-invalid': problem !== undefined,
    autoCapitalize: 'none',
    autoCorrect: 'off',
    spellCheck: false,
  };
  const { multiline, ...control } = rest;
  return (
    <div className="field">
      <label htmlFor={id}>
        {label} {optional && <small className="tag">{words.app.optional}</small>}
      </label>
      {multiline ? (
        <textarea {...described} {...(control as ComponentProps<'textarea'>)} />
      ) : (
        <input {...described} {...(control as ComponentProps<'input'>)} />
      )}
      {note !== undefined && (
        <small id={`${id}-note`} className={problem === undefined ? 'hint' : 'bad'} role={problem === undefined ? undefined : 'alert'}>
          {note}
        </small>
      )}
    </div>
  );
}

export interface ChoiceProps<Value extends string> {
  legend: string;
  value: Value;
  onChange: (value: Value) => void;
  options: readonly { value: Value; label: string; help?: string | undefined }[];
}

export function Choice<Value extends string>({ legend, value, onChange, options }: ChoiceProps<Value>) {
  const name = useId();
  return (
    <fieldset>
      <legend>{legend}</legend>
      {options.map((option) => (
        <label key={option.value} className="choice">
          <input
            type="radio"
            name={name}
            checked={option.value === value}
            onChange={() => {
              haptic('select');
              onChange(option.value);
            }}
          />
          <span>
            {option.label}
            {option.help && <small className="hint">{option.help}</small>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
