import { useLocation } from 'wouter';
import type { OpenclawUpdate } from '@clawmoor/shared/openclaw-update.ts';
import { useOpenclawUpdate, useUpdateOpenclaw } from '../../../api/update-queries.ts';
import type { MainAction } from '../../../telegram/controls.ts';
import { confirm } from '../../../telegram/popup.ts';
import { Failed, Show, StateWord } from '../../../ui/parts.tsx';
import { Screen } from '../../../ui/screen.tsx';
import { update as text } from '../../../words/en/update.ts';
import { sentenceOf } from '../../../words/problems.ts';
import { fill } from '../../../words/words.ts';

const TONES = { pass: 'good', warn: 'warn', block: 'bad' } as const;

/** Whether there is a newer OpenClaw, whether it fits, and the one button that begins the safe update. */
export function Update({ id }: { id: string }) {
  const [, go] = useLocation();
  const found = useOpenclawUpdate(id);
  const start = useUpdateOpenclaw(id);
  const begin = async (version: string): Promise<void> => {
    const action = fill(text.start, { version });
    if (!(await confirm(fill(text.ask, { version }), action))) return;
    start.mutate(version, { onSuccess: ({ taskId }) => go(`/tasks/${taskId}`) });
  };
  const main = (): MainAction | undefined => {
    if (!found.data) return undefined;
    const { target, updateAvailable, verdict } = found.data;
    if (target !== null && updateAvailable && verdict !== 'block')
      return {
        text: start.isPending ? text.starting : fill(text.start, { version: target }),
        press: () => void begin(target),
        busy: start.isPending,
      };
    return { text: found.isFetching ? text.looking : text.lookAgain, press: () => void found.refetch(), busy: found.isFetching };
  };
  return (
    <Screen title={text.title} main={main()}>
      <Show query={found}>{(update) => <Findings update={update} />}</Show>
      {start.isError && <Failed error={start.error} />}
    </Screen>
  );
}

function Findings({ update }: { update: OpenclawUpdate }) {
  const { items, breaking, changes, kept, updateAvailable } = update;
  return (
    <>
      <Sentence update={update} />
      {breaking.length > 0 && (
        <>
          <h2>{text.breaking}</h2>
          <ul className="card" dir="ltr">
            {breaking.map((line) => (
              <li key={`${line.version} ${line.text}`}>
                {line.text} <span className="hint">({line.version})</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {updateAvailable !== false && (
        <>
          <h2>{text.checks}</h2>
          <Points items={items} />
        </>
      )}
      {changes.length > 0 && (
        <>
          <h2>{text.changes}</h2>
          <ol className="card">
            {text.does.map((line) => (
              <li key={line}>{fill(line, { installed: update.installed ?? '', target: update.target ?? '' })}</li>
            ))}
          </ol>
        </>
      )}
      {kept !== null && (
        <p className="hint">
          {text.kept}: {kept}
        </p>
      )}
    </>
  );
}

function Sentence({ update: { updateAvailable, verdict, installed, target } }: { update: OpenclawUpdate }) {
  const versions = { version: target ?? '', installed: installed ?? '' };
  if (updateAvailable === null) return <p className="notice warn">{text.unknown}</p>;
  if (!updateAvailable && installed !== null) return <p className="notice">{fill(text.current, { version: installed })}</p>;
  if (verdict === 'block') return <p className="notice bad">{fill(text.blocked, versions)}</p>;
  return (
    <p className={verdict === 'warn' ? 'notice warn' : 'notice'}>{fill(verdict === 'warn' ? text.warned : text.available, versions)}</p>
  );
}

function Points({ items }: { items: OpenclawUpdate['items'] }) {
  return (
    <div className="card">
      {items.map((item) => (
        <Point key={item.key} item={item} />
      ))}
    </div>
  );
}

function Point({ item: { key, code, verdict, value, message, fix } }: { item: OpenclawUpdate['items'][number] }) {
  const said = sentenceOf({ code: code ?? '', message, fix });
  // In another language only what is no English: a number, a version, a path.
  const figure = said.original === undefined || value.startsWith('/') || !/\b(?!GiB\b)[a-z]{2,}/i.test(value) ? value : '';
  return (
    <div className="prereq">
      <p className="line-between">
        <strong>{text.items[key] ?? key}</strong>
        <StateWord tone={TONES[verdict]}>{text.verdicts[verdict]}</StateWord>
      </p>
      <p>
        {said.message}{' '}
        {figure !== '' && (
          <span className="hint">
            (<bdi dir="ltr">{figure}</bdi>)
          </span>
        )}
      </p>
      {said.fix !== undefined && <p className="hint">{said.fix}</p>}
    </div>
  );
}
