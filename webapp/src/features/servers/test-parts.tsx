import type * as z from 'zod/mini';
import type { TestStage } from '@clawmoor/shared/servers.ts';
import { CopyLine } from '../../ui/parts.tsx';
import { words } from '../../words/words.ts';
import type { KeyQuestion } from './connect.tsx';

const text = words.connect;

export function Stages({ stages }: { stages: readonly z.output<typeof TestStage>[] }) {
  return (
    <section className="card">
      <ol className="steps" aria-live="polite">
        {stages.map(({ stage, ok, ms, message, fix }, index) => (
          <li key={`${stage}-${index}`} className={ok ? 'done' : 'failed'}>
            <span className="mark" aria-hidden="true">
              {ok ? '✓' : '!'}
            </span>
            <strong>{(text.stages as Record<string, string>)[stage] ?? stage}</strong>
            <small className="hint">{ms} ms</small>
            {!ok && (
              <div className="more">
                {message}
                {fix && <small className="hint">{fix}</small>}
              </div>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

export interface FingerprintProps {
  question: KeyQuestion;
  busy: boolean;
  accept: () => void;
  reject: () => void;
}

/** Nothing secret has been sent; a person compares, and decides. The refusal comes first and neither button has the focus. */
export function Fingerprint({ question, busy, accept, reject }: FingerprintProps) {
  const [algorithm, digest = ''] = question.sha256.split(':');
  return (
    <section className="card">
      <h2>{text.fingerprintTitle}</h2>
      {question.hop === 'jump' && <p>{text.jumpFingerprint}</p>}
      <p>{text.fingerprintHelp}</p>
      <p className="fingerprint" dir="ltr" aria-label={question.sha256}>
        <span>{algorithm}:</span>
        {(digest.match(/.{1,6}/g) ?? []).map((group, index) => (
          <span key={index}>{group}</span>
        ))}
      </p>
      <p className="hint">{question.type}</p>
      <CopyLine text={text.fingerprintCommand} />
      <p className="hint">{text.fingerprintWhere}</p>
      <div className="actions">
        <button type="button" className="button danger" onClick={reject} disabled={busy}>
          {text.reject}
        </button>
        <button type="button" className="button" onClick={accept} disabled={busy} aria-busy={busy}>
          {text.accept}
        </button>
      </div>
    </section>
  );
}
