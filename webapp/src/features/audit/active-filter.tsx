import type { AuditFilter } from '../../api/audit-queries.ts';
import { Icon } from '../../ui/icon.tsx';
import { audit as text } from '../../words/en/audit.ts';
import { dateTime, fill } from '../../words/words.ts';
import { actionWord } from './entry-words.ts';
import { DAY_MS, nameIn, type Person } from './filter.tsx';

export interface ActiveFilterProps {
  filter: AuditFilter;
  people: readonly Person[];
  setFilter: (filter: AuditFilter) => void;
}

/** What narrows the list now; a press takes it away. */
export function ActiveFilter({ filter, people, setFilter }: ActiveFilterProps) {
  const shown = Object.entries(filter) as [keyof AuditFilter, string][];
  if (shown.length === 0) return null;
  const without = (gone: keyof AuditFilter): AuditFilter => Object.fromEntries(shown.filter(([key]) => key !== gone));
  return (
    <div className="chips">
      {shown.map(([key, value]) => {
        const word = wordOf(key, value, people);
        return (
          <button
            key={key}
            type="button"
            className="chip shut"
            aria-label={fill(text.without, { filter: word })}
            onClick={() => setFilter(without(key))}
          >
            <bdi>{word}</bdi>
            <Icon name="close" />
          </button>
        );
      })}
    </div>
  );
}

function wordOf(key: keyof AuditFilter, value: string, people: readonly Person[]): string {
  const day = (time: number): string => dateTime(time, { dateStyle: 'medium' });
  if (key === 'actor') return nameIn(people, value);
  if (key === 'action') return actionWord(value);
  if (key === 'result') return value === 'ok' ? text.results.ok : text.results.failed;
  if (key === 'from') return fill(text.since, { day: day(Date.parse(value)) });
  if (key === 'to') return fill(text.till, { day: day(Date.parse(value) - DAY_MS / 2) });
  return value;
}
