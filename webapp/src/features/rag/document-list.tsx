import { useState } from 'react';
import type { UseQueryResult } from '@tanstack/react-query';
import type { RagFile } from '@clawmoor/shared/rag-documents.ts';
import { bytes } from '../../ui/bytes.ts';
import { LinkRow, List } from '../../ui/list.tsx';
import { EmptyState, Show, StateWord, type Tone } from '../../ui/parts.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { rag as text } from '../../words/en/rag.ts';
import { sentenceOf } from '../../words/problems.ts';
import { plural } from '../../words/words.ts';
import '../../ui/row-problem.css';

const TONES: Record<RagFile['state'], Tone> = { queued: 'idle', parsing: 'warn', embedding: 'warn', done: 'good', failed: 'bad' };
const PAGE = 50;

/** What was uploaded: how far each is, and why one failed. Those that failed come first. */
export function DocumentList({ files, home }: { files: UseQueryResult<RagFile[]>; home: string }) {
  const [query, setQuery] = useState('');
  const [most, setMost] = useState(PAGE);
  return (
    <Show query={files} empty={{ when: (all) => all.length === 0, face: <EmptyState title={text.empty}>{text.emptyHelp}</EmptyState> }}>
      {(all) => {
        const wanted = query.trim().toLowerCase();
        const shown = all
          .filter(({ name }) => name.toLowerCase().includes(wanted))
          .toSorted((a, b) => Number(b.state === 'failed') - Number(a.state === 'failed') || a.name.localeCompare(b.name));
        return (
          <>
            {all.length > 8 && <SearchField label={text.search} value={query} onChange={setQuery} />}
            {shown.length === 0 && <EmptyState title={text.noMatch} />}
            {shown.length > 0 && (
              <List>
                {shown.slice(0, most).map((file) => (
                  <DocumentRow key={file.id} file={file} home={home} />
                ))}
              </List>
            )}
            {shown.length > most && (
              <button type="button" className="button plain wide" onClick={() => setMost(most + PAGE)}>
                {plural(text.documents, shown.length - most)} …
              </button>
            )}
          </>
        );
      }}
    </Show>
  );
}

function DocumentRow({ file, home }: { file: RagFile; home: string }) {
  const { id, name, size, state, chunks, error, flags } = file;
  return (
    <LinkRow href={`${home}/files/${encodeURIComponent(id)}`} end={<StateWord tone={TONES[state]}>{text.fileStates[state]}</StateWord>}>
      <bdi>{name}</bdi>
      <small>
        {[bytes(size), chunks > 0 && plural(text.passages, chunks), flags.length > 0 && `⚠︎ ${text.flagged}`].filter(Boolean).join(' · ')}
      </small>
      {error && <small className="bad">{sentenceOf(error).message}</small>}
    </LinkRow>
  );
}
