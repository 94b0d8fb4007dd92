import { useEffect, useState } from 'react';
import type { RagConnection } from '@clawmoor/shared/rag-agents.ts';
import { sentenceOf } from '../../words/problems.ts';
import { rag as text } from '../../words/en/rag.ts';
import { fill, number, plural } from '../../words/words.ts';

/** How far the reading is, how fast it goes, and how long it will take. */
export function ReadingProgress({ connection }: { connection: RagConnection }) {
  const { building, chunks, pendingVectors, waiting, index, states, embedding } = connection;
  const { done, total } = building ? { done: building.embedded, total: building.total } : { done: chunks - pendingVectors, total: chunks };
  const reading = states.queued + states.parsing;
  const perSecond = useRate(done);
  return (
    <section className="card" aria-label={text.readingTitle} aria-live="polite">
      <p className="line-between">
        <strong>{text.readingTitle}</strong>
        <span className="hint">
          {reading > 0 ? plural(text.documents, reading) : number(total > 0 ? done / total : 0, { style: 'percent' })}
        </span>
      </p>
      <progress max={Math.max(1, total)} value={done} aria-label={text.readingTitle} />
      <p className="hint">
        {[
          total > 0 && fill(text.progress, { done: number(done), total: number(total) }),
          perSecond !== undefined && fill(text.rate, { rate: number(perSecond, { maximumSignificantDigits: 2 }) }),
          perSecond !== undefined && done < total && fill(text.left, { time: about((total - done) / perSecond) }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      {building && <p className="hint">{fill(text.rebuilding, { model: building.model })}</p>}
      {!building && index === null && embedding.provider !== 'none' && <p className="hint">{text.byWords}</p>}
      {waiting && <p className="bad">{fill(text.waiting, { why: sentenceOf(waiting).message })}</p>}
    </section>
  );
}

// Two looks may lie so near each other that the rate would jump; what is older says nothing of now.
const LEAST_MS = 4_000;
const MOST_MS = 60_000;

/** Per second, over the last minute of looks; `undefined` until it can be told. */
function useRate(done: number): number | undefined {
  const [looks, setLooks] = useState<readonly { at: number; done: number }[]>([]);
  useEffect(() => {
    const at = Date.now();
    setLooks((before) => [...before.filter((look) => at - look.at < MOST_MS && look.done <= done), { at, done }]);
  }, [done]);
  const [first, last] = [looks[0], looks.at(-1)];
  if (!first || !last || last.at - first.at < LEAST_MS || last.done <= first.done) return undefined;
  return (last.done - first.done) / ((last.at - first.at) / 1000);
}

/** "3 minutes", in whole units of the size that people think in. */
function about(seconds: number): string {
  const [count, unit] = seconds < 90 ? [seconds, 'second'] : seconds < 5_400 ? [seconds / 60, 'minute'] : [seconds / 3_600, 'hour'];
  return number(Math.max(1, Math.round(count)), { style: 'unit', unit, unitDisplay: 'long' });
}
