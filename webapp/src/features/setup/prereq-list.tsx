import type { Prereqs } from '@clawmoor/shared/setup.ts';
import { StateWord } from '../../ui/parts.tsx';
import { setup as text } from '../../words/en/setup.ts';
import { plural } from '../../words/words.ts';

const TONES = { pass: 'good', warn: 'warn', block: 'bad' } as const;
const nameOf = (key: string): string => text.checks[key] ?? key;

/** What stands in the way and what is worth knowing; what is fine is folded. */
export function PrereqList({ prereqs }: { prereqs: Prereqs }) {
  const notable = prereqs.items.filter(({ verdict }) => verdict !== 'pass');
  const fine = prereqs.items.filter(({ verdict }) => verdict === 'pass');
  return (
    <div className="card">
      {notable.map(({ key, verdict, value, message, fix }) => (
        <div key={key} className="prereq">
          <p className="line-between">
            <strong>{nameOf(key)}</strong>
            <StateWord tone={TONES[verdict]}>{text.verdicts[verdict]}</StateWord>
          </p>
          <p>
            {message} <span className="hint">({value})</span>
          </p>
          {fix !== undefined && <p className="hint">{fix}</p>}
        </div>
      ))}
      <details>
        <summary>
          <StateWord tone="good">{plural(text.passed, fine.length)}</StateWord>
        </summary>
        <ul className="facts">
          {fine.map(({ key, value, message }) => (
            <li key={key}>
              <span>{nameOf(key)}</span>
              <span className="hint">{value === '' ? message : value}</span>
            </li>
          ))}
        </ul>
      </details>
    </div>
  );
}
