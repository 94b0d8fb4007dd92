import { CopyLine } from '../../ui/parts.tsx';
import { webhooks as text } from '../../words/en/webhooks.ts';

/** With it the receiver checks that a message is ours; it is shown this once. */
export function Secret({ secret }: { secret: string }) {
  return (
    <section className="notice" role="status">
      <strong>{text.secret}</strong>
      <p>{text.secretHelp}</p>
      <CopyLine text={secret} />
    </section>
  );
}
