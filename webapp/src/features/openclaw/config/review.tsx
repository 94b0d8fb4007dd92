import { useEffect } from 'react';
import { useLocation } from 'wouter';
import type { ConfigPreview } from '@clawmoor/shared/openclaw-config.ts';
import { ApiError } from '../../../api/client.ts';
import { useChangeConfig, useConfig, useConfigPreview } from '../../../api/config-queries.ts';
import { haptic } from '../../../telegram/controls.ts';
import { confirm } from '../../../telegram/popup.ts';
import { Diff } from '../../../ui/diff.tsx';
import { Failed, Waiting } from '../../../ui/parts.tsx';
import { Sheet, type SheetHandle } from '../../../ui/sheet.tsx';
import { config as text } from '../../../words/en/config.ts';
import { words } from '../../../words/words.ts';
import { noteApplied } from './applied.ts';
import { ChangedMeanwhile } from './changed-meanwhile.tsx';
import { forgetWishes, rebase, unwish, useWishes } from './wishes.ts';

/** What the changes would do, before they are made. */
export function Review({ id, sheet }: { id: string; sheet: SheetHandle }) {
  return (
    <Sheet sheet={sheet} title={text.reviewTitle}>
      <Changes id={id} sheet={sheet} />
    </Sheet>
  );
}

function Changes({ id, sheet }: { id: string; sheet: SheetHandle }) {
  const { wishes, base } = useWishes(id);
  const config = useConfig(id);
  const preview = useConfigPreview(id);
  const change = useChangeConfig(id);
  const [, go] = useLocation();
  const changes = wishes.map(({ path, value }) => ({ path, value }));
  const wanted = JSON.stringify(changes);
  const { mutate } = preview;
  const { hide } = sheet;
  useEffect(() => {
    const asked = JSON.parse(wanted) as typeof changes;
    if (asked.length > 0) mutate(asked);
    else void hide();
  }, [wanted, mutate, hide]);
  const apply = async (known: ConfigPreview): Promise<void> => {
    const risky = known.risks.length > 0;
    if (!base || (risky && !(await confirm(text.riskAsk, text.apply)))) return;
    change.mutate(
      { baseHash: base.hash, changes, ...(risky && { confirmExposed: true }) },
      { onSuccess: (done) => void applied(done.taskId) },
    );
  };
  const applied = async (taskId: string | null): Promise<void> => {
    haptic('success');
    await sheet.hide();
    forgetWishes(id);
    if (taskId === null) noteApplied(id);
    else go(`/tasks/${taskId}`);
  };
  const stale = change.error instanceof ApiError && change.error.code === 'config.changed_meanwhile';
  const rebased = (): void => {
    if (config.data) rebase(id, config.data);
    change.reset();
    mutate(changes);
  };
  if (stale && base) return <ChangedMeanwhile id={id} before={base.config} goOn={rebased} giveUp={() => void sheet.hide()} />;
  return (
    <>
      {preview.isError && <Failed error={preview.error} retry={() => mutate(changes)} />}
      {preview.isPending && !preview.data && <Waiting rows={2} />}
      {preview.data && <Previewed known={preview.data} drop={(path) => unwish(id, path)} />}
      {change.isError && <Failed error={change.error} />}
      <div className="actions even">
        <button type="button" className="button plain" onClick={() => void sheet.hide()}>
          {words.app.cancel}
        </button>
        {preview.data && (
          <button
            type="button"
            className="button"
            disabled={change.isPending || preview.isPending}
            aria-busy={change.isPending}
            onClick={() => preview.data && void apply(preview.data)}
          >
            {change.isPending ? text.applying : text.apply}
          </button>
        )}
      </div>
    </>
  );
}

function Previewed({ known: { changes, restarts, risks }, drop }: { known: ConfigPreview; drop: (path: string) => void }) {
  return (
    <>
      {risks.map(({ path, message }) => (
        <p key={path} className="notice bad">
          <strong>
            <bdi dir="ltr">{path}</bdi>
          </strong>
          {message}
        </p>
      ))}
      <p className={restarts ? 'notice warn' : 'hint'}>{restarts ? text.restarts : text.noRestart}</p>
      {changes.map(({ path, before, after, isSecret }) => (
        <section key={path} className="change">
          <p className="line-between">
            <bdi dir="ltr" className="mono">
              {path}
            </bdi>
            <button type="button" className="button plain small" onClick={() => drop(path)}>
              {text.drop}
            </button>
          </p>
          {isSecret ? <p className="hint">{text.secretChanges}</p> : <Diff before={shown(before)} after={shown(after)} label={path} />}
        </section>
      ))}
    </>
  );
}

export const shown = (value: unknown): string =>
  value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
