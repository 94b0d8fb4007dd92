import { useState } from 'react';
import type { RagAnswer, RagPassage } from '@clawmoor/shared/rag-documents.ts';
import { useAsk, useConnections } from '../../api/rag-queries.ts';
import { hideKeyboard } from '../../telegram/controls.ts';
import { Field } from '../../ui/field.tsx';
import { EmptyState, Failed } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { rag } from '../../words/en/rag.ts';
import { ragCollection as text } from '../../words/en/rag-collection.ts';
import { sentenceOf } from '../../words/problems.ts';
import { fill, number, plural } from '../../words/words.ts';
import { placeOf } from './place.ts';
import './rag.css';

const MODES = ['hybrid', 'vector', 'keyword'] as const;

/** A question as the agent would put it, and the passages that it would get. */
export function Ask({ id, agentId }: { id: string; agentId: string }) {
  const ask = useAsk(id, agentId);
  const [query, setQuery] = useState('');
  const [mode, setMode] = useState<(typeof MODES)[number]>('hybrid');
  const byWordsOnly = useConnections(id).data?.find((one) => one.agentId === agentId)?.embedding.provider === 'none';
  return (
    <Screen title={rag.ask}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          hideKeyboard();
          if (query.trim() !== '') ask.mutate({ query: query.trim(), mode: byWordsOnly ? 'keyword' : mode });
        }}
      >
        <Field
          label={text.question}
          help={text.questionHelp}
          type="search"
          value={query}
          maxLength={4_000}
          enterKeyHint="search"
          onChange={({ target }) => setQuery(target.value)}
        />
        {!byWordsOnly && (
          <SelectField
            label={text.mode}
            value={mode}
            options={MODES.map((value) => ({ value, label: text.modes[value] }))}
            onChange={setMode}
          />
        )}
        <button type="submit" className="button wide" disabled={query.trim() === '' || ask.isPending} aria-busy={ask.isPending}>
          {text.look}
        </button>
      </form>
      {ask.isError && <Failed error={ask.error} />}
      {ask.data && <Found answer={ask.data} />}
    </Screen>
  );
}

function Found({ answer: { results, mode, degradedBecause, ms } }: { answer: RagAnswer }) {
  return (
    <div aria-live="polite">
      {degradedBecause !== undefined && <p className="notice warn">{fill(text.degraded, { why: sentenceOf(degradedBecause).message })}</p>}
      {results.length === 0 ? (
        <EmptyState title={text.nothing}>{text.nothingHelp}</EmptyState>
      ) : (
        <p className="hint under">{fill(plural(text.found, results.length), { ms: number(Math.round(ms)), mode: text.modes[mode] })}</p>
      )}
      {results.map((passage, at) => (
        <Passage key={at} passage={passage} />
      ))}
    </div>
  );
}

function Passage({ passage: { text: content, score, file, position } }: { passage: RagPassage }) {
  return (
    <article className="card">
      <p className="line-between">
        <strong>
          <bdi>{file.name}</bdi>
        </strong>
        <span className="hint">{fill(text.score, { score: number(score, { maximumFractionDigits: 2, minimumFractionDigits: 2 }) })}</span>
      </p>
      <small className="hint">{placeOf(position)}</small>
      <p className="passage" dir="auto">
        {content}
      </p>
    </article>
  );
}
