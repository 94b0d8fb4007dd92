import { useId } from 'react';

export interface SelectFieldProps<Value extends string> {
  label: string;
  help?: string | undefined;
  value: Value;
  options: readonly { value: Value; label: string }[];
  onChange: (value: Value) => void;
}

/** One of many, in the wheel or list that the device has for it. */
export function SelectField<Value extends string>({ label, help, value, options, onChange }: SelectFieldProps<Value>) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        value={value}
        {...(help !== undefined && { 'aria-describedby': `${id}-help` })}
        // Its options are the only values that it can have.
        onChange={({ target }) => onChange(target.value as Value)}
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
