import { useEffect, useId, useState, type ComponentProps, type ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { ApiError } from '../api/client.ts';
import { haptic, hasMainButton, useBackButton, useMainButton, type MainAction } from '../telegram/controls.ts';
import { words } from '../words/words.ts';

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
  useBackButton(back === undefined ? undefined : () => go(back));
  useMainButton(main);
  useEffect(() => {
    document.title = `${title} · ${words.app.name}`;
    window.scrollTo(0, 0);
  }, [title]);
  return (
    <main className="screen">
      <header className="bar">
        {back !== undefined && !hasMainButton && (
          <Link href={back} className="icon-button" aria-label={words.app.back}>
            ←
          </Link>
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
  const known = error instanceof ApiError ? error : new ApiError(0, {});
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
    void navigator.clipboard?.writeText(text).then(() => {
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

type FieldProps = { label: string; help?: string | undefined; problem?: string | undefined; optional?: boolean } & (
  | ({ multiline: true } & ComponentProps<'textarea'>)
  | ({ multiline?: false } & ComponentProps<'input'>)
);

export function Field({ label, help, problem, optional = false, ...rest }: FieldProps) {
  const id = useId();
  const described = {
    'aria-describedby': `${id}-help`,
    'aria-invalid': problem !== undefined,
    autoCapitalize: 'none',
    autoCorrect: 'off',
    spellCheck: false,
  };
  const { multiline, ...control } = rest;
  return (
    <label className="field">
      <span>
        {label} {optional && <small className="tag">{words.app.optional}</small>}
      </span>
      {multiline ? (
        <textarea {...described} {...(control as ComponentProps<'textarea'>)} />
      ) : (
        <input {...described} {...(control as ComponentProps<'input'>)} />
      )}
      <small id={`${id}-help`} className={problem ? 'bad' : 'hint'} role={problem ? 'alert' : undefined}>
        {problem ?? help}
      </small>
    </label>
  );
}

export interface ChoiceProps<Value extends string> {
  legend: string;
  value: Value;
  onChange: (value: Value) => void;
  options: readonly { value: Value; label: string; help?: string }[];
}

export function Choice<Value extends string>({ legend, value, onChange, options }: ChoiceProps<Value>) {
  const name = useId();
  return (
    <fieldset>
      <legend>{legend}</legend>
      {options.map((option) => (
        <label key={option.value} className="choice">
          <input
            type="radio"
            name={name}
            checked={option.value === value}
            onChange={() => {
              haptic('select');
              onChange(option.value);
            }}
          />
          <span>
            {option.label}
            {option.help && <small className="hint">{option.help}</small>}
          </span>
        </label>
      ))}
    </fieldset>
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
