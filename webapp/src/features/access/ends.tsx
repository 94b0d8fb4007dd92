import { Field } from '../../ui/field.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { access as text } from '../../words/en/access.ts';
import { fill } from '../../words/words.ts';

export type Length = keyof typeof text.lengths;

const HOURS = { hours: 4, day: 24, week: 168 } as const;

/** When an access ends, as a person chooses it; `at` is the time that `custom` means, on the clock of the device. */
export interface End {
  length: Length;
  at: string;
}

/** For the API: a time, `null` for no end, `undefined` where it stays as it is or makes no sense yet. */
export function expiryOf({ length, at }: End, now: number): string | null | undefined {
  if (length === 'keep') return undefined;
  if (length === 'never') return null;
  if (length !== 'custom') return new Date(now + HOURS[length] * 3_600_000).toISOString();
  const time = Date.parse(at);
  return time > now ? new Date(time).toISOString() : undefined;
}

export const endIsWrong = (end: End): boolean => end.length === 'custom' && expiryOf(end, Date.now()) === undefined;

export interface EndFieldProps {
  end: End;
  onChange: (end: End) => void;
  /** How it ends now, in words, where it may stay so. */
  kept?: string | undefined;
}

export function EndField({ end, onChange, kept }: EndFieldProps) {
  const lengths: Length[] = [...(kept === undefined ? [] : (['keep'] as const)), 'never', 'hours', 'day', 'week', 'custom'];
  return (
    <>
      <SelectField
        label={text.length}
        value={end.length}
        options={lengths.map((value) => ({ value, label: fill(text.lengths[value], { end: kept ?? '' }) }))}
        onChange={(length) => onChange({ ...end, length })}
      />
      {end.length === 'custom' && (
        <Field
          label={text.endAt}
          type="datetime-local"
          required
          value={end.at}
          problem={end.at !== '' && endIsWrong(end) ? text.endPast : undefined}
          onChange={({ target }) => onChange({ ...end, at: target.value })}
        />
      )}
    </>
  );
}
