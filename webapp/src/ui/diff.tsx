import { useEffect, useState } from 'react';
import type { Change } from 'diff';
import { kit } from '../words/en/kit.ts';
import { plural } from '../words/words.ts';
import { Waiting } from './parts.tsx';

// Unchanged lines that stay beside a change; longer stretches are folded.
const CONTEXT = 3;

/** What differs between two texts, line by line: a sign and a word beside the colour. */
export function Diff({ before, after, label }: { before: string; after: string; label: string }) {
  const [changes, setChanges] = useState<Change[]>();
  useEffect(() => {
    let gone = false;
    void import('diff').then(({ diffLines }) => gone || setChanges(diffLines(before, after)));
    return () => {
      gone = true;
    };
  }, [before, after]);
  if (before === after) return <p className="hint">{kit.diff.same}</p>;
  if (!changes) return <Waiting rows={2} />;
  return (
    <div className="diff" role="group" aria-label={label} tabIndex={0} dir="ltr">
      {changes.map((change, at) => (
        <Stretch key={at} change={change} first={at === 0} last={at === changes.length - 1} />
      ))}
    </div>
  );
}

function Stretch({ change, first, last }: { change: Change; first: boolean; last: boolean }) {
  const lines = change.value.replace(/\n$/, '').split('\n');
  if (change.added || change.removed) {
    const [kind, sign] = change.added ? (['added', '+'] as const) : (['removed', '−'] as const);
    return (
      <div className={`diff-${kind}`}>
        <span className="visually-hidden">{kit.diff[kind]}: </span>
        {lines.map((line, at) => (
          <div key={at} className="diff-line">
            <span aria-hidden="true">{sign}</span>
            {line || ' '}
          </div>
        ))}
      </div>
    );
  }
  const head = first ? [] : lines.slice(0, CONTEXT);
  const tail = last ? [] : lines.slice(Math.max(head.length, lines.length - CONTEXT));
  const hidden = lines.length - head.length - tail.length;
  return (
    <>
      {head.map((line, at) => (
        <Same key={`head-${at}`} line={line} />
      ))}
      {hidden > 0 && <div className="diff-gap">… {plural(kit.diff.unchanged, hidden)}</div>}
      {tail.map((line, at) => (
        <Same key={`tail-${at}`} line={line} />
      ))}
    </>
  );
}

const Same = ({ line }: { line: string }) => (
  <div className="diff-line">
    <span aria-hidden="true"> </span>
    {line || ' '}
  </div>
);
