import { useMutation } from '@tanstack/react-query';
import type * as z from 'zod/mini';
import type { Backup as BackupSchema } from '@clawmoor/shared/backups.ts';
import { isSuperAdmin, useBackups, useRemoveBackup, useRunBackup } from '../../api/admin-queries.ts';
import { haptic } from '../../telegram/controls.ts';
import { confirm } from '../../telegram/popup.ts';
import { download } from '../../ui/download.ts';
import { Icon } from '../../ui/icon.tsx';
import { List } from '../../ui/list.tsx';
import { CopyLine, EmptyState, Failed, Show, StateWord } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { Sheet, useSheet, type SheetHandle } from '../../ui/sheet.tsx';
import { admin } from '../../words/en/admin.ts';
import { ownBackups as text } from '../../words/en/own-backups.ts';
import { size } from '../../words/size.ts';
import { when } from '../../words/when.ts';
import { fill } from '../../words/words.ts';
import { RehearsalPart } from './rehearsal.tsx';

type Backup = z.output<typeof BackupSchema>;

/** Copies of Clawmoor's own database. For super-admins. */
export function OwnBackups() {
  const allowed = isSuperAdmin();
  const backups = useBackups(allowed);
  const run = useRunBackup();
  const remove = useRemoveBackup();
  if (!allowed)
    return (
      <Screen title={text.title}>
        <p className="card">{admin.superOnly}</p>
      </Screen>
    );
  const press = (): void => run.mutate(undefined, { onSuccess: () => haptic('success') });
  return (
    <Screen title={text.title} main={{ text: run.isPending ? text.running : text.run, press, busy: run.isPending }}>
      <p>{text.intro}</p>
      <p className="notice warn">{text.keys}</p>
      {run.isError && <Failed error={run.error} />}
      {remove.isError && <Failed error={remove.error} />}
      <Show query={backups} empty={{ when: (all) => all.length === 0, face: <EmptyState title={text.empty}>{text.emptyHelp}</EmptyState> }}>
        {(all) => (
          <List>
            {all.map((backup) => (
              <BackupRow key={backup.filename} backup={backup} remove={() => remove.mutate(backup.filename)} />
            ))}
          </List>
        )}
      </Show>
      <RehearsalPart possible={(backups.data?.length ?? 0) > 0} />
    </Screen>
  );
}

interface BackupProps {
  backup: Backup;
  /** Done by the list: the row goes with its backup, and what failed must still be said. */
  remove: () => void;
}

function BackupRow({ backup, remove }: BackupProps) {
  const sheet = useSheet(`backup-${backup.filename}`);
  const { createdAt, verified, encrypted, reason, offsite } = backup;
  const facts = [size(backup.size), text.reasons[reason], encrypted && text.encrypted].filter((fact) => fact !== false);
  return (
    <li>
      <button type="button" className="row" aria-haspopup="dialog" onClick={sheet.show}>
        <span className="grow">
          {when(createdAt)}
          <small>{facts.join(' · ')}</small>
          {offsite !== null && <small>{offsiteWord(offsite)}</small>}
        </span>
        <StateWord tone={verified ? 'good' : 'bad'}>{verified ? text.whole : text.missing}</StateWord>
        <span className="chevron">
          <Icon name="chevron" />
        </span>
      </button>
      <Sheet sheet={sheet} title={when(createdAt)}>
        <BackupDetails backup={backup} remove={remove} sheet={sheet} />
      </Sheet>
    </li>
  );
}

function offsiteWord({ at, error }: { at: string | null; error: string | null }): string {
  if (at !== null) return fill(text.offsite, { time: when(at) });
  return error === null ? text.offsiteWaits : fill(text.offsiteFailed, { reason: error });
}

function BackupDetails({ backup, remove, sheet }: BackupProps & { sheet: SheetHandle }) {
  const { filename, createdAt } = backup;
  const save = useMutation({ mutationFn: () => download(`/admin/backups/download/${encodeURIComponent(filename)}`, filename) });
  const ask = async (): Promise<void> => {
    if (!(await confirm(fill(text.removeAsk, { time: when(createdAt) }), text.remove))) return;
    await sheet.hide();
    remove();
  };
  return (
    <>
      <h3>{text.file}</h3>
      <CopyLine text={filename} />
      <h3>{text.digest}</h3>
      <CopyLine text={backup.sha256} />
      {save.isError && <Failed error={save.error} />}
      <div className="actions">
        {backup.verified && (
          <button type="button" className="button" disabled={save.isPending} onClick={() => save.mutate()}>
            {text.download}
          </button>
        )}
        <button type="button" className="button danger" onClick={() => void ask()}>
          {text.remove}
        </button>
      </div>
      <h3>{text.restore}</h3>
      <ol>
        {text.steps.map((step, at) => (
          <li key={step}>
            {step}
            {at === 0 && <CopyLine text={`npm run restore -- ${filename}`} />}
          </li>
        ))}
      </ol>
    </>
  );
}
