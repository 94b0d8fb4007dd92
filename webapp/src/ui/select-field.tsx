import { useId } from 'react';
import { haptic } from '../telegram/controls.ts';

export interface SelectFieldProps {
  label: string;
  help?: string | undefined;
  value: string;
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
}

/** One of more than a handful; for fewer there is `Choice`. */
export function SelectField({ label, help, value, options, onChange }: SelectFieldProps) {
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
          onChange(target.value);
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
