import type { WebhookTest } from '@clawmoor/shared/webhooks.ts';
import { webhooks as text } from '../../words/en/webhooks.ts';
import { fill, number } from '../../words/words.ts';

/** What came of a test. */
export function Tested({ result: { ok, status, ms, error } }: { result: WebhookTest }) {
  return (
    <p className={ok ? 'notice' : 'notice bad'} role="status">
      <strong>
        {ok ? fill(text.testOk, { ms: number(ms) }) : status === null ? text.testFailed : fill(text.answered, { status: String(status) })}
      </strong>
      {!ok && status === null && error !== null && <bdi lang="en">{error}</bdi>}
      {!ok && <span>{text.testFix}</span>}
    </p>
  );
}
