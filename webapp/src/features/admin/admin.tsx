import type * as z from 'zod/mini';
import type { HealthCheck as HealthCheckSchema } from '@clawmoor/shared/admin.ts';
import { isSuperAdmin, useDetailedHealth } from '../../api/admin-queries.ts';
import { LinkRow, List } from '../../ui/list.tsx';
import { Show, StateWord } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { SHAPES } from '../servers/link-shapes.ts';
import { admin as text } from '../../words/en/admin.ts';
import { webhooks } from '../../words/en/webhooks.ts';
import { sentenceOf } from '../../words/problems.ts';
import { fill, number, words } from '../../words/words.ts';
import { size } from '../../words/size.ts';

type HealthCheck = z.output<typeof HealthCheckSchema>;

const TONES = { ok: 'good', warn: 'warn', failing: 'bad' } as const;

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
              <LinkRow href="/admin/webhooks" icon={SHAPES.webhook}>
                {webhooks.title}
                <small>{webhooks.help}</small>
              </LinkRow>
              <LinkRow href="/admin/audit" icon={SHAPES.audit}>
                {text.audit}
                <small>{text.auditHelp}</small>
              </LinkRow>
            </List>
            <h2>{text.parts}</h2>
            <Parts checks={checks} />
          </>
        )}
      </Show>
    </Screen>
  );
}

/** What needs somebody comes first, with what to do; what does well is a line. */
function Parts({ checks }: { checks: readonly HealthCheck[] }) {
  return (
    <>
      {checks
        .filter(({ status }) => status !== 'ok')
        .toSorted((a, b) => Number(b.status === 'failing') - Number(a.status === 'failing'))
        .map((check) => (
          <Trouble key={check.key} check={check} />
        ))}
      <List>
        {checks
          .filter(({ status }) => status === 'ok')
          .map((check) => (
            <li key={check.key} className="row">
              <span className="grow">
                {nameOf(check)}
                <small>{summaryOf(check)}</small>
              </span>
              <StateWord tone="good">{text.states.ok}</StateWord>
            </li>
          ))}
      </List>
      <details>
        <summary>{text.figures}</summary>
        {checks.map((check) => (
          <section key={check.key} className="card">
            <h2>{nameOf(check)}</h2>
            <ul className="facts">
              {Object.entries(shownOf(check)).map(([name, value]) => (
                <li key={name}>
                  <bdi dir="ltr" className="mono">
                    {name}
                  </bdi>
                  <bdi className="hint">{value}</bdi>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </details>
    </>
  );
}

function Trouble({ check }: { check: HealthCheck }) {
  const { status, message, fix } = check;
  const said = sentenceOf({ code: check.code ?? '', message, fix });
  return (
    <section className="card">
      <p className="line-between">
        <strong>{nameOf(check)}</strong>
        <StateWord tone={TONES[status]}>{text.states[status]}</StateWord>
      </p>
      <p>{said.message}</p>
      {said.fix !== undefined && <p>{said.fix}</p>}
      {said.original !== undefined && (
        <details>
          <summary>{words.app.details}</summary>
          <p className="hint">
            {words.failed.original}: <bdi lang="en">{said.original}</bdi>
          </p>
        </details>
      )}
    </section>
  );
}

const nameOf = ({ key }: HealthCheck): string => (isKnown(key) ? text.names[key] : text.otherPart);
const summaryOf = (check: HealthCheck): string => (isKnown(check.key) ? fill(text.summaries[check.key], shownOf(check)) : check.message);
const shownOf = ({ values }: HealthCheck): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, figure(name, value)]));

const isKnown = (key: string): key is keyof typeof text.names => key in text.names;

function figure(name: string, value: number | string | boolean | null): string {
  if (value === null) return '–';
  if (typeof value !== 'number') return String(value);
  if (/bytes$/i.test(name)) return size(value);
  if (/share$/i.test(name)) return number(value, { style: 'percent' });
  return number(value, { maximumFractionDigits: 1 });
}
