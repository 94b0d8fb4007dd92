import { useState } from 'react';
import type { AuditFilter } from '../../api/audit-queries.ts';
import { Field } from '../../ui/field.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { audit as text } from '../../words/en/audit.ts';
import { auditActions } from '../../words/en/audit-actions.ts';
import { actionWord } from './entry-words.ts';

export interface Person {
  id: string;
  name: string;
}

export const DAY_MS = 86_400_000;
export const nameIn = (people: readonly Person[], id: string): string => people.find((person) => person.id === id)?.name ?? id;

export interface FilterFormProps {
  filter: AuditFilter;
  people: readonly Person[];
  apply: (filter: AuditFilter) => void;
}

/** What is asked for. Days are those of the device. */
export function FilterForm({ filter, people, apply }: FilterFormProps) {
  const [form, setForm] = useState(() => ({
    q: filter.q ?? '',
    actor: filter.actor ?? '',
    action: filter.action ?? '',
    result: filter.result ?? '',
    from: filter.from === undefined ? '' : dayOf(Date.parse(filter.from)),
    to: filter.to === undefined ? '' : dayOf(Date.parse(filter.to) - DAY_MS / 2),
  }));
  const set = (change: Partial<typeof form>): void => setForm((before) => ({ ...before, ...change }));
  const names = new Map(people.map(({ id }) => [id, nameIn(people, id)]));
  if (form.actor !== '') names.set(form.actor, nameIn(people, form.actor));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        apply(asked(form, filter.serverId));
      }}
    >
      <Field
        label={text.search}
        help={text.searchHelp}
        type="search"
        maxLength={128}
        value={form.q}
        onChange={({ target }) => set({ q: target.value })}
      />
      <SelectField
        label={text.who}
        value={form.actor}
        options={[{ value: '', label: text.anybody }, ...[...names].map(([value, label]) => ({ value, label }))]}
        onChange={(actor) => set({ actor })}
      />
      <SelectField
        label={text.action}
        value={form.action}
        options={[
          { value: '', label: text.anything },
          ...Object.keys(auditActions)
            .map((value) => ({ value, label: actionWord(value) }))
            .toSorted((a, b) => a.label.localeCompare(b.label)),
        ]}
        onChange={(action) => set({ action })}
      />
      <SelectField
        label={text.result}
        value={form.result}
        options={(['', 'ok', 'failed'] as const).map((value) => ({ value, label: text.results[value === '' ? 'all' : value] }))}
        onChange={(result) => set({ result })}
      />
      <div className="pair">
        <Field label={text.from} type="date" value={form.from} onChange={({ target }) => set({ from: target.value })} />
        <Field label={text.to} type="date" value={form.to} onChange={({ target }) => set({ to: target.value })} />
      </div>
      <div className="actions">
        <button type="button" className="button plain" onClick={() => apply({})}>
          {text.clear}
        </button>
        <button type="submit" className="button">
          {text.show}
        </button>
      </div>
    </form>
  );
}

type Form = Record<'q' | 'actor' | 'action' | 'result' | 'from' | 'to', string>;

/** Only what was filled in. The last day counts whole: what is asked for ends where the next one begins. */
function asked({ from, to, q, ...rest }: Form, serverId: string | undefined): AuditFilter {
  const all = {
    ...rest,
    q: q.trim(),
    from: from === '' ? '' : startOf(from).toISOString(),
    to: to === '' ? '' : startOf(to, 1).toISOString(),
    serverId: serverId ?? '',
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
}

/** Midnight on the clock of the device, where a day may have 23 or 25 hours. */
function startOf(day: string, later = 0): Date {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + later);
}

function dayOf(time: number): string {
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
