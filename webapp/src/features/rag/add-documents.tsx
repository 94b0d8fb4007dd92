import { useRef, useState } from 'react';
import { MOST_DOCUMENT_BYTES, MOST_DOCUMENTS_AT_ONCE } from '@clawmoor/shared/rag-documents.ts';
import { useUpload } from '../../api/rag-queries.ts';
import { haptic, useClosingConfirmation } from '../../telegram/controls.ts';
import { bytes } from '../../ui/bytes.ts';
import { Failed } from '../../ui/parts.tsx';
import { rag as text } from '../../words/en/rag.ts';
import { sentenceOf } from '../../words/problems.ts';
import { fill } from '../../words/words.ts';

/** Chosen on the device, sent at once. What the server would refuse is told before anything is sent. */
export function AddDocuments({ id, agentId, first }: { id: string; agentId: string; first: boolean }) {
  const input = useRef<HTMLInputElement>(null);
  const upload = useUpload(id, agentId);
  const [problem, setProblem] = useState<string>();
  const refused = upload.data?.files.filter(({ error }) => error !== null) ?? [];
  useClosingConfirmation(upload.isPending);
  const choose = (chosen: readonly File[]): void => {
    const large = chosen.find(({ size }) => size > MOST_DOCUMENT_BYTES);
    setProblem(
      large
        ? fill(text.tooLarge, { name: large.name, size: bytes(MOST_DOCUMENT_BYTES) })
        : chosen.length > MOST_DOCUMENTS_AT_ONCE
          ? fill(text.tooMany, { count: String(MOST_DOCUMENTS_AT_ONCE) })
          : undefined,
    );
    if (large || chosen.length === 0 || chosen.length > MOST_DOCUMENTS_AT_ONCE) return;
    upload.mutate(
      chosen.map((file) => ({ name: file.name, content: file })),
      { onSuccess: () => haptic('success') },
    );
  };
  return (
    <>
      {problem !== undefined && (
        <p className="notice bad" role="alert">
          {problem}
        </p>
      )}
      {upload.isError && <Failed error={upload.error} />}
      {refused.length > 0 && (
        <div className="notice bad" role="alert">
          {refused.map(({ name, error }) => (
            <p key={name}>
              <bdi>{name}</bdi>: {error && sentenceOf(error).message}
            </p>
          ))}
        </div>
      )}
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={text.add}
        onChange={({ target }) => {
          const chosen = [...(target.files ?? [])];
          // The same file may be chosen again, once it was mended.
          target.value = '';
          choose(chosen);
        }}
      />
      <button
        type="button"
        className={first ? 'button wide' : 'button plain wide'}
        disabled={upload.isPending}
        aria-busy={upload.isPending}
        onClick={() => input.current?.click()}
      >
        {upload.isPending ? text.sending : text.add}
      </button>
    </>
  );
}
