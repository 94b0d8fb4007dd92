import type * as z from 'zod/mini';
import type { TestStage } from '@clawmoor/shared/servers.ts';
import { CopyLine } from '../../ui/parts.tsx';
import { StepTimeline } from '../../ui/step-timeline.tsx';
import { connect as text } from '../../words/en/connect.ts';
import { task } from '../../words/en/task.ts';
import { sentenceOf } from '../../words/problems.ts';
import { fill, number } from '../../words/words.ts';
import type { KeyQuestion } from './connect.tsx';

type Stage = z.output<typeof TestStage>;

/** How far the test came, and what stopped it. */
export function Stages({ stages }: { stages: readonly Stage[] }) {
  return (
    <section className="card">
      <StepTimeline
        live
        steps={stages.map((stage, index) => ({
          key: `${stage.stage}-${index}`,
          title: (text.stages as Record<string, string>)[stage.stage] ?? stage.stage,
          look: stage.ok ? 'done' : 'failed',
          state: stage.ok ? task.stepStates.succeeded : task.stepStates.failed,
          aside: fill(text.milliseconds, { ms: number(stage.ms) }),
          more: stage.ok ? undefined : <StageProblem stage={stage} />,
        }))}
      />
    </section>
  );
}

function StageProblem({ stage: { code = '', message = '', fix } }: { stage: Stage }) {
  const said = sentenceOf({ code, message, fix });
  return (
    <>
      {said.message}
      {said.fix !== undefined && <small className="hint">{said.fix}</small>}
    </>
  );
}

/** A fingerprint as a person compares it: in groups of six. */
export function FingerprintGroups({ sha256, small = false }: { sha256: string; small?: boolean }) {
  const [algorithm, digest = ''] = sha256.split(':');
  return (
    <p className={small ? 'fingerprint small' : 'fingerprint'} dir="ltr" role="img" aria-label={sha256}>
      <span>{algorithm}:</span>
      {(digest.match(/.{1,6}/g) ?? []).map((group, index) => (
        <span key={index}>{group}</span>
      ))}
    </p>
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
  return (
    <section className="card">
      <h2 className="question">{text.fingerprintTitle}</h2>
      {question.hop === 'jump' && <p>{text.jumpFingerprint}</p>}
      <p>{text.fingerprintHelp}</p>
      <FingerprintGroups sha256={question.sha256} />
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
