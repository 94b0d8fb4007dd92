import { plugins as text } from '../../words/en/plugins.ts';

export type Brought = Partial<Record<keyof typeof text.brings, readonly string[]>>;

/** What a plugin says that it brings, kind by kind; what it does not bring is left out. */
export function Brings({ brought }: { brought: Brought }) {
  const kinds = (Object.keys(text.brings) as (keyof typeof text.brings)[]).filter((kind) => (brought[kind]?.length ?? 0) > 0);
  if (kinds.length === 0) return <p className="hint">{text.bringsNothing}</p>;
  return (
    <ul className="facts">
      {kinds.map((kind) => (
        <li key={kind}>
          <span>{text.brings[kind]}</span>
          <bdi dir="ltr" className="hint">
            {brought[kind]?.join(', ')}
          </bdi>
        </li>
      ))}
    </ul>
  );
}
