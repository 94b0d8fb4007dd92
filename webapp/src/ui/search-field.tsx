import { Icon } from './icon.tsx';

/** Narrows what is below it, letter by letter. */
export function SearchField({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <label className="search">
      <Icon name="search" />
      <input type="search" aria-label={label} placeholder={label} value={value} onChange={({ target }) => onChange(target.value)} />
    </label>
  );
}
