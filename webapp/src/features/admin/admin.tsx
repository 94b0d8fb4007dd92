import type * as z from 'zod/mini';
import type { HealthCheck as HealthCheckSchema } from '@clawmoor/shared/admin.ts';
import { useDetailedHealth } from '../../api/admin-queries.ts';
import { sessionState } from '../../api/session.ts';
import { LinkRow, List } from '../../ui/list.tsx';
import { Show, StateWord } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { admin as text } from '../../words/en/admin.ts';
import { language } from '../../words/language.ts';
import { fill, number } from '../../words/words.ts';
import { size } from '../../words/size.ts';

type HealthCheck = z.output<typeof HealthCheckSchema>;

const TONES = { ok: 'good', warn: 'warn', failing: 'bad' } as const;

export function isSuperAdmin(): boolean {
  const session = sessionState();
  return session.kind === 'in' && session.session.user.isSuperAdmin;
}

/** How the installation does, part by part, and what looks after it. For super-admins. */
export function Admin() {
  const allowed = isSuperAdmin();
  const health = useDetailedHealth(allowed);
  if (!allowed)
    return (
      <Screen title={text.title}>
        <p className="card">{text.superOnly}</p>
      </Screen>
    );
  return (
    <Screen title={text.title}>
      <Show query={health} rows={5}>
        {({ status, checks }) => (
          <>
            <p className="card" role="status">
              <StateWord tone={TONES[status]}>{text.overall[status]}</StateWord>
            </p>
            <h2>{text.more}</h2>
            <List>
              <LinkRow href="/admin/backups" icon="server">
                {text.backups}
                <small>{text.backupsHelp}</small>
              </LinkRow>
              <LinkRow href="/admin/audit" icon="audit">
                {text.audit}
                <small>{text.auditHelp}</small>
              </LinkRow>
            </List>
            <h2>{text.parts}</h2>
            {/* What needs somebody comes first. */}
            {checks
              .toSorted((a, b) => RANK[b.status] - RANK[a.status])
              .map((check) => (
                <Part key={check.key} check={check} />
              ))}
          </>
        )}
      </Show>
    </Screen>
  );
}

const RANK = { ok: 0, warn: 1, failing: 2 } as const;

/** One part: its state in a word, how it does in a line, and what to do where it does not do well. */
function Part({ check }: { check: HealthCheck }) {
  const { key, status, message, fix, values } = check;
  const known = isKnown(key);
  const shown = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, figure(name, value)]));
  const translated = language() !== 'en' && known;
  return (
    <section className="card">
      <p className="line-between">
        <strong>{known ? text.names[key] : text.otherPart}</strong>
        <StateWord tone={TONES[status]}>{text.states[status]}</StateWord>
      </p>
      <p>{known && (status === 'ok' || translated) ? fill(text.summaries[key], shown) : message}</p>
      {status !== 'ok' && <p>{translated ? text.advice[key] : fix}</p>}
      {status !== 'ok' && translated && (
        <p className="hint">
          {text.serverSays}: <bdi lang="en">{[message, fix].filter(Boolean).join('. ')}</bdi>
        </p>
      )}
      <details>
        <summary>{text.figures}</summary>
        <ul className="facts">
          {Object.entries(shown).map(([name, value]) => (
            <li key={name}>
              <bdi dir="ltr" className="mono">
                {name}
              </bdi>
              <bdi className="hint">{value}</bdi>
            </li>
          ))}
        </ul>
      </details>
    </section>
  );
}

const isKnown = (key: string): key is keyof typeof text.names => key in text.names;

function figure(name: string, value: number | string | boolean | null): string {
  if (value === null) return '–';
  if (typeof value !== 'number') return String(value);
  if (/bytes$/i.test(name)) return size(value);
  if (/share$/i.test(name)) return number(value, { style: 'percent' });
  return number(value, { maximumFractionDigits: 1 });
}
