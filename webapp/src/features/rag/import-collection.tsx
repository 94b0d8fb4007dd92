import { useRef, useState } from 'react';
import { MOST_RAG_ARCHIVE_BYTES } from '@clawmoor/shared/rag-agents.ts';
import { useImportCollection } from '../../api/rag-queries.ts';
import { haptic, useClosingConfirmation } from '../../telegram/controls.ts';
import { bytes } from '../../ui/bytes.ts';
import { Failed } from '../../ui/parts.tsx';
import { rag } from '../../words/en/rag.ts';
import { ragCollection as text } from '../../words/en/rag-collection.ts';
import { fill, plural } from '../../words/words.ts';

/** Brings a saved collection back into an empty one. */
export function ImportCollection({ id, agentId }: { id: string; agentId: string }) {
  const input = useRef<HTMLInputElement>(null);
  const take = useImportCollection(id, agentId);
  const [problem, setProblem] = useState<string>();
  useClosingConfirmation(take.isPending);
  const choose = (file: File): void => {
    const tooLarge = file.size > MOST_RAG_ARCHIVE_BYTES;
    setProblem(tooLarge ? fill(text.importTooLarge, { size: bytes(MOST_RAG_ARCHIVE_BYTES) }) : undefined);
    if (!tooLarge) take.mutate({ name: file.name, content: file }, { onSuccess: () => haptic('success') });
  };
  return (
    <>
      {problem !== undefined && (
        <p className="notice bad" role="alert">
          {problem}
        </p>
      )}
      {take.isError && <Failed error={take.error} />}
      {take.isSuccess && <p role="status">{plural(text.imported, take.data.imported.files)}</p>}
      <input
        ref={input}
        type="file"
        accept=".gz,.tgz,application/gzip"
        hidden
        aria-label={text.import}
        onChange={({ target }) => {
          const file = target.files?.[0];
          target.value = '';
          if (file) choose(file);
        }}
      />
      <button
        type="button"
        className="button plain wide"
        disabled={take.isPending}
        aria-busy={take.isPending}
        onClick={() => input.current?.click()}
      >
        {take.isPending ? rag.sending : text.import}
      </button>
      <p className="hint under">{text.importHelp}</p>
    </>
  );
}
