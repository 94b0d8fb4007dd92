import { useLocation } from 'wouter';
import type { RagFile } from '@clawmoor/shared/rag-documents.ts';
import { useDeleteFile, useRagFile } from '../../api/rag-queries.ts';
import { useServer } from '../../api/server-queries.ts';
import { haptic } from '../../telegram/controls.ts';
import { confirm } from '../../telegram/popup.ts';
import { bytes } from '../../ui/bytes.ts';
import { FactRow, List } from '../../ui/list.tsx';
import { Failed, StateWord, Waiting } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { rag } from '../../words/en/rag.ts';
import { ragCollection as text } from '../../words/en/rag-collection.ts';
import { sentenceOf } from '../../words/problems.ts';
import { dateTime, fill } from '../../words/words.ts';
import { placeOf } from './place.ts';
import './rag.css';

interface DocumentPageProps {
  id: string;
  agentId: string;
  fileId: string;
}

/** One document: what was understood of it, or why it could not be read. */
export function DocumentPage({ id, agentId, fileId }: DocumentPageProps) {
  const { data, isPending, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useRagFile(id, agentId, fileId);
  const mayChange = useServer(id).data?.role !== 'viewer';
  const file = data?.pages[0]?.file;
  const passages = data?.pages.flatMap((page) => page.passages) ?? [];
  return (
    <Screen title={file?.name ?? text.document}>
      {isPending && <Waiting />}
      {!data && error && <Failed error={error} retry={() => void refetch()} />}
      {file && (
        <>
          <Facts file={file} />
          <h2>{text.passagesOf}</h2>
          {passages.length === 0 && <p className="card hint">{text.noPassages}</p>}
          {passages.map(({ seq, text: content, position, heading }) => (
            <article key={seq} className="card">
              <small className="hint">{placeOf({ ...position, ...(heading !== null && { heading }) })}</small>
              <p className="passage" dir="auto">
                {content}
              </p>
            </article>
          ))}
          {hasNextPage && (
            <button
              type="button"
              className="button plain wide"
              disabled={isFetchingNextPage}
              aria-busy={isFetchingNextPage}
              onClick={() => void fetchNextPage()}
            >
              {text.more}
            </button>
          )}
          {mayChange && <Remove id={id} agentId={agentId} file={file} />}
        </>
      )}
    </Screen>
  );
}

const TONES = { queued: 'idle', parsing: 'warn', embedding: 'warn', done: 'good', failed: 'bad' } as const;

function Facts({ file: { state, size, type, addedAt, error, flags } }: { file: RagFile }) {
  const problem = error && sentenceOf(error);
  return (
    <>
      {problem && (
        <div className="notice bad" role="alert">
          <strong>{problem.message}</strong>
          {problem.fix !== undefined && <p>{problem.fix}</p>}
        </div>
      )}
      {flags.length > 0 && (
        <div className="notice warn">
          <p>{text.flags}</p>
          <ul>
            {flags.map((flag) => (
              <li key={flag} dir="auto">
                {flag}
              </li>
            ))}
          </ul>
        </div>
      )}
      <List>
        <FactRow name={rag.state}>
          <StateWord tone={TONES[state]}>{rag.fileStates[state]}</StateWord>
        </FactRow>
        <FactRow name={text.size}>{bytes(size)}</FactRow>
        {type !== null && (
          <FactRow name={text.type}>
            <bdi dir="ltr">{type}</bdi>
          </FactRow>
        )}
        <FactRow name={text.added}>{dateTime(addedAt)}</FactRow>
      </List>
    </>
  );
}

function Remove({ id, agentId, file }: { id: string; agentId: string; file: RagFile }) {
  const remove = useDeleteFile(id, agentId);
  const [, go] = useLocation();
  const ask = async (): Promise<void> => {
    if (!(await confirm(fill(text.removeAsk, { name: file.name }), text.remove))) return;
    remove.mutate(file.id, {
      onSuccess() {
        haptic('success');
        go(`/servers/${id}/documents/${encodeURIComponent(agentId)}`, { replace: true });
      },
    });
  };
  return (
    <>
      {remove.isError && <Failed error={remove.error} />}
      <button
        type="button"
        className="button danger wide"
        disabled={remove.isPending}
        aria-busy={remove.isPending}
        onClick={() => void ask()}
      >
        {text.remove}
      </button>
    </>
  );
}
