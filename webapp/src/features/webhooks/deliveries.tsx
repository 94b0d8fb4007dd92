import type { Delivery } from '@clawmoor/shared/webhooks.ts';
import { useDeliveries, type Of } from '../../api/webhook-queries.ts';
import { CopyLine, Show, StateWord } from '../../ui/parts.tsx';
import { incidents } from '../../words/en/incidents.ts';
import { webhooks as text } from '../../words/en/webhooks.ts';
import { when } from '../../words/times.ts';
import { ago, fill, number, plural } from '../../words/words.ts';

const TONES = { waiting: 'warn', delivered: 'good', failed: 'bad' } as const;

/** What it was told last, and how each of it went. */
export function Deliveries({ of, hookId }: { of: Of; hookId: string }) {
  const deliveries = useDeliveries(of, hookId);
  return (
    <section>
      <h2>{text.deliveries}</h2>
      <Show query={deliveries} rows={2} empty={{ when: (all) => all.length === 0, face: <p className="card hint">{text.noDeliveries}</p> }}>
        {(all) => (
          <ul className="list">
            {all.map((delivery) => (
              <li key={delivery.id}>
                <One delivery={delivery} />
              </li>
            ))}
          </ul>
        )}
      </Show>
    </section>
  );
}

function One({ delivery: { id, type, state, attempts, status, error, ms, createdAt, dueAt } }: { delivery: Delivery }) {
  return (
    <details className="row-details">
      <summary className="row">
        <span className="grow">
          {nameOf(type)}
          <small>{ago(createdAt)}</small>
        </span>
        <StateWord tone={TONES[state]}>{text.deliveryStates[state]}</StateWord>
      </summary>
      <div className="row-more">
        <p>
          {plural(text.attempts, attempts)}
          {status !== null && ` · ${fill(text.answered, { status: String(status) })}`}
          {ms !== null && ` · ${fill(text.took, { ms: number(ms) })}`}
        </p>
        {error !== null && status === null && (
          <p className="bad">
            <bdi lang="en">{error}</bdi>
          </p>
        )}
        {state === 'waiting' && dueAt !== null && <p className="hint">{fill(text.again, { time: when(dueAt) })}</p>}
        <CopyLine text={id} />
      </div>
    </details>
  );
}

/** `disk.opened` → "The disk is nearly full: began"; what this app does not know yet keeps its own name. */
function nameOf(type: string): string {
  const [kind = '', phase = ''] = type.split('.');
  const kinds: Partial<Record<string, string>> = incidents.kinds;
  const phases: Partial<Record<string, string>> = text.phases;
  if (kinds[kind] === undefined) return type;
  return phases[phase] === undefined ? kinds[kind] : `${kinds[kind]}: ${phases[phase]}`;
}
