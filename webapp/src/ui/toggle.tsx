import { useId } from 'react';
import { haptic } from '../telegram/controls.ts';

export interface ToggleProps {
  label: string;
  help?: string;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
}

/** A setting that is on or off at once. */
export function Toggle({ label, help, checked, disabled = false, onChange }: ToggleProps) {
  const id = useId();
  return (
    <label className="row toggle">
      <span className="grow">
        {label}
        {help !== undefined && <small id={`${id}-help`}>{help}</small>}
      </span>
      <input
        type="checkbox"
        role="switch"
        checked={checked}
        disabled={disabled}
        aria-describedby={help === undefined ? undefined : `${id}-help`}
        onChange={({ target }) => {
          haptic('select');
          onChange(target.checked);
        }}
      />
    </label>
  );
}
