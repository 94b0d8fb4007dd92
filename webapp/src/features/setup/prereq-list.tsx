import type { Prereqs } from '@clawmoor/shared/setup.ts';
import { StateWord } from '../../ui/parts.tsx';
import { setup as text } from '../../words/en/setup.ts';
import { sentenceOf } from '../../words/problems.ts';
import { plural } from '../../words/words.ts';

type Item = Prereqs['items'][number];

const TONES = { pass: 'good', warn: 'warn', block: 'bad' } as const;
const nameOf = (key: string): string => text.checks[key] ?? key;

/** What stands in the way and what is worth knowing; what is fine is folded. */
export function PrereqList({ prereqs }: { prereqs: Prereqs }) {
  const notable = prereqs.items.filter(({ verdict }) => verdict !== 'pass');
  const fine = prereqs.items.filter(({ verdict }) => verdict === 'pass');
  return (
    <div className="card">
      {notable.map((item) => (
        <Notable key={item.key} item={item} />
      ))}
      <details>
        <summary>
          <StateWord tone="good">{plural(text.passed, fine.length)}</StateWord>
        </summary>
        <ul className="facts">
          {fine.map((item) => (
            <li key={item.key}>
              <span>{nameOf(item.key)}</span>
              <span className="hint">{isFigure(item.value) ? <bdi dir="ltr">{item.value}</bdi> : saidOf(item).message}</span>
            </li>
          ))}
        </ul>
      </details>
    </div>
  );
}

function Notable({ item }: { item: Item }) {
  const { message, fix } = saidOf(item);
  return (
    <div className="prereq">
      <p className="line-between">
        <strong>{nameOf(item.key)}</strong>
        <StateWord tone={TONES[item.verdict]}>{text.verdicts[item.verdict]}</StateWord>
      </p>
      <p>
        {message}{' '}
        {isFigure(item.value) && (
          <span className="hint">
            (<bdi dir="ltr">{item.value}</bdi>)
          </span>
        )}
      </p>
      {fix !== undefined && <p className="hint">{fix}</p>}
    </div>
  );
}

const saidOf = ({ code, message, fix }: Item) => sentenceOf({ code: code ?? '', message, fix });

/** A number, a version or a path; what is a word only ("none", "missing") says no more than the sentence beside it. */
const isFigure = (value: string): boolean => /\d|\//.test(value);
