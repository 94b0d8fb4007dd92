import { useEffect, useState, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import { ApiError } from '../api/client.ts';
import { goBack } from '../app/location.ts';
import { haptic, hasBackButton, hasMainButton, useBackButton, useMainButton, type MainAction } from '../telegram/controls.ts';
import { words } from '../words/words.ts';
import { copyText } from './copy-text.ts';

export interface ScreenProps {
  title: string;
  /** Where "back" leads; a root screen has none. */
  back?: string;
  main?: MainAction | undefined;
  children: ReactNode;
}

/** A page: title, way back, content, and its one main action (Telegram's own button there, ours elsewhere). */
export function Screen({ title, back, main, children }: ScreenProps) {
  const [, go] = useLocation();
  useBackButton(back === undefined ? undefined : () => goBack(back, go));
  useMainButton(main);
  useEffect(() => {
    document.title = `${title} · ${words.app.name}`;
    window.scrollTo(0, 0);
  }, [title]);
  return (
    <main className="screen">
      <header className="bar">
        {back !== undefined && !hasBackButton && (
          <button type="button" className="icon-button" aria-label={words.app.back} onClick={() => goBack(back, go)}>
            <span aria-hidden="true">←</span>
          </button>
        )}
        <h1>{title}</h1>
      </header>
      {children}
      {main && !hasMainButton && (
        <div className="bottom">
          <button
            type="button"
            className="button"
            disabled={main.disabled === true || main.busy === true}
            aria-busy={main.busy === true}
            onClick={main.press}
          >
            {main.text}
          </button>
        </div>
      )}
    </main>
  );
}

export function Waiting({ rows = 3 }: { rows?: number }) {
  return (
    <div aria-busy="true" aria-label={words.app.loading}>
      {Array.from({ length: rows }, (_, row) => (
        <p key={row} className="skeleton" />
      ))}
    </div>
  );
}

/** What happened, what to do, and what to tell the operator. */
export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const known = error instanceof ApiError ? error : new ApiError(-1, { error: words.failed.unexpected, code: String(error) });
  useEffect(() => haptic('error'), []);
  return (
    <div className="notice bad" role="alert">
      <strong>{known.message}</strong>
      {known.fix && <p>{known.fix}</p>}
      {known.issues.length > 0 && (
        <ul>
          {known.issues.map(({ path, message }) => (
            <li key={path}>
              {path}: {message}
            </li>
          ))}
        </ul>
      )}
      <details>
        <summary>{words.app.details}</summary>
        <CopyLine text={[known.code, known.requestId && `${words.failed.requestId}: ${known.requestId}`].filter(Boolean).join(' · ')} />
      </details>
      {retry && (
        <button type="button" className="button plain" onClick={retry}>
          {words.app.retry}
        </button>
      )}
    </div>
  );
}

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
    <>
      <code className="line" dir="ltr">
        {text}
      </code>
      <button type="button" className="button plain" onClick={copy}>
        <span aria-live="polite">{copied ? words.app.copied : words.app.copy}</span>
      </button>
    </>
  );
}

export function StateWord({ tone, children }: { tone: 'good' | 'warn' | 'bad' | 'idle'; children: ReactNode }) {
  return (
    <span className={`state ${tone}`}>
      <span className="dot" aria-hidden="true" />
      {children}
    </span>
  );
}
