import { useDetailedHealth, useRehearse } from '../../api/admin-queries.ts';
import { haptic } from '../../telegram/controls.ts';
import { Failed, StateWord } from '../../ui/parts.tsx';
import { admin } from '../../words/en/admin.ts';
import { ownBackups as text } from '../../words/en/own-backups.ts';
import { language } from '../../words/language.ts';
import { when } from '../../words/when.ts';
import { fill } from '../../words/words.ts';

/** Whether a restore would work: tried, not hoped. */
export function RehearsalPart({ possible }: { possible: boolean }) {
  const health = useDetailedHealth(true);
  const rehearse = useRehearse();
  const last = rehearse.data ?? lastOf(health.data?.checks.find(({ key }) => key === 'backups')?.values);
  const press = (): void => rehearse.mutate(undefined, { onSuccess: ({ ok }) => haptic(ok ? 'success' : 'error') });
  return (
    <section>
      <h2>{text.rehearsal}</h2>
      <div className="card">
        <p>{text.rehearsalHelp}</p>
        {last ? (
          <div role="status">
            <StateWord tone={last.ok ? 'good' : 'bad'}>
              {fill(last.ok ? text.rehearsed : text.rehearsalFailed, { time: when(last.at) })}
            </StateWord>
            <p className="hint">
              {language() !== 'en' && `${admin.serverSays}: `}
              <bdi lang="en">{last.message}</bdi>
            </p>
          </div>
        ) : (
          <p className="hint">{possible ? text.rehearsalNever : text.rehearsalNothing}</p>
        )}
        {rehearse.isError && <Failed error={rehearse.error} />}
        {possible && (
          <button type="button" className="button plain" disabled={rehearse.isPending} aria-busy={rehearse.isPending} onClick={press}>
            {text.rehearse}
          </button>
        )}
      </div>
    </section>
  );
}

type Values = Record<string, string | number | boolean | null>;

function lastOf(values: Values | undefined): { at: string; ok: boolean; message: string } | undefined {
  const at = values?.['rehearsalAt'];
  if (typeof at !== 'string') return undefined;
  return { at, ok: values?.['rehearsalOk'] === true, message: String(values?.['rehearsal'] ?? '') };
}
