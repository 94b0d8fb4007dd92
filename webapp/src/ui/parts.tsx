import { useEffect, useState, type ReactNode } from 'react';
import type { UseQueryResult } from '@tanstack/react-query';
import { ApiError } from '../api/client.ts';
import { laterPart } from '../app/later-part.tsx';
import { haptic } from '../telegram/controls.ts';
import { sentenceOf } from '../words/problems.ts';
import { ago, fill, words } from '../words/words.ts';
import { copyText } from './copy-text.ts';

export { Screen } from './screen.tsx';

/** Grey shapes in place of what is being asked for. They appear after 300 ms: what comes sooner should not flash. */
export function Waiting({ rows = 3 }: { rows?: number }) {
  return (
    <div className="waiting" role="status" aria-busy="true" aria-label={words.app.loading}>
      {Array.from({ length: rows }, (_, row) => (
        <p key={row} className="skeleton" />
      ))}
    </div>
  );
}

/** Nothing here yet, and what to do about it. */
export function EmptyState({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}

/**
 * The four faces of what a query answers: waiting, failed, empty, full. What was known before stays when asking again fails,
 * marked with its age.
 */
export function Show<Data>({
  query,
  rows = 3,
  empty,
  children,
}: {
  query: UseQueryResult<Data>;
  rows?: number;
  /** Drawn instead of `children` where the answer holds nothing. */
  empty?: { when: (data: Data) => boolean; face: ReactNode };
  children: (data: Data) => ReactNode;
}) {
  const { data, isPending, isError, error, dataUpdatedAt, refetch } = query;
  if (isPending) return <Waiting rows={rows} />;
  if (data === undefined) return <Failed error={error} retry={() => void refetch()} />;
  return (
    <>
      {isError && (
        <p className="hint stale" role="status">
          {fill(words.app.stale, { time: ago(dataUpdatedAt) })}
        </p>
      )}
      {empty?.when(data) === true ? empty.face : children(data)}
    </>
  );
}

// A failure is seldom: where it can be mended comes after it.
const WayOn = laterPart(() => import('./way-on.tsx').then((file) => file.WayOn));

/** What happened, what to do, and what to tell the operator. */
export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const known = error instanceof ApiError ? error : new ApiError(-1, { error: words.failed.unexpected, code: String(error) });
  const { message, fix, original } =
    known.code === 'network' ? { message: words.failed.network, fix: words.failed.networkFix, original: undefined } : sentenceOf(known);
  useEffect(() => haptic('error'), []);
  return (
    <div className="notice bad" role="alert">
      <strong>{message}</strong>
      {fix !== undefined && <p>{fix}</p>}
      {known.issues.length > 0 && (
        <ul>
          {known.issues.map((issue) => (
            <li key={issue.path}>
              <bdi dir="ltr">{issue.path}</bdi>: {issue.message}
            </li>
          ))}
        </ul>
      )}
      <details>
        <summary>{words.app.details}</summary>
        {original !== undefined && (
          <p className="hint">
            {words.failed.original}: <bdi>{original}</bdi>
          </p>
        )}
        <CopyLine text={[known.code, known.requestId && `${words.failed.requestId}: ${known.requestId}`].filter(Boolean).join(' · ')} />
      </details>
      <div className="actions">
        <WayOn code={known.code} taskId={known.taskId} />
        {retry && (
          <button type="button" className="button plain" onClick={retry}>
            {words.app.retry}
          </button>
        )}
      </div>
    </div>
  );
}

/** A line to be copied as it stands: a command, a key, the number of a request. */
export function CopyLine({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  const copy = (): void => {
    void copyText(text).then((done) => {
      if (!done) return;
      setCopied(true);
      haptic('success');
      setTimeout(() => setCopied(false), 2_000);
    });
  };
  return (
    <div className="copy-line">
      <code className="line" dir="ltr">
        {text}
      </code>
      <button type="button" className="button plain small" onClick={copy}>
        <span aria-live="polite">{copied ? words.app.copied : words.app.copy}</span>
      </button>
    </div>
  );
}

export type Tone = 'good' | 'warn' | 'bad' | 'idle';

/** A state: a dot and a word, never the colour alone. */
export function StateWord({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={`state ${tone}`}>
      <span className="dot" aria-hidden="true" />
      {children}
    </span>
  );
}
