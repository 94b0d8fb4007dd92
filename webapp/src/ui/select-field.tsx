import { useId } from 'react';
import { haptic } from '../telegram/controls.ts';

export interface SelectFieldProps<Value extends string> {
  label: string;
  help?: string | undefined;
  value: Value;
  options: readonly { value: Value; label: string }[];
  onChange: (value: Value) => void;
}

/** One of more than a handful; for fewer there is `Choice`. */
export function SelectField<Value extends string>({ label, help, value, options, onChange }: SelectFieldProps<Value>) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        value={value}
        aria-describedby={help === undefined ? undefined : `${id}-help`}
        onChange={({ target }) => {
          haptic('select');
          // Its options are the only values that it can have.
          onChange(target.value as Value);
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      {help !== undefined && (
        <small id={`${id}-help`} className="hint">
          {help}
        </small>
      )}
    </div>
  );
}
