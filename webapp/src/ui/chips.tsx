import { haptic } from '../telegram/controls.ts';

export interface ChipsProps<Key extends string> {
  label: string;
  options: readonly { key: Key; label: string }[];
  /** What is switched on. */
  value: readonly Key[];
  onChange: (value: Key[]) => void;
}

/** A filter: any number of switches in a row. */
export function Chips<Key extends string>({ label, options, value, onChange }: ChipsProps<Key>) {
  const toggle = (key: Key): void => {
    haptic('select');
    onChange(value.includes(key) ? value.filter((other) => other !== key) : [...value, key]);
  };
  return (
    <div role="group" aria-label={label} className="chips">
      {options.map((option) => (
        <button
          key={option.key}
          type="button"
          className="chip"
          aria-pressed={value.includes(option.key)}
          onClick={() => toggle(option.key)}
        >
          <bdi>{option.label}</bdi>
        </button>
      ))}
    </div>
  );
}
