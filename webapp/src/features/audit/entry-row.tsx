import type { AuditEntry } from '@clawmoor/shared/audit.ts';
import { useServers } from '../../api/queries.ts';
import { StateWord } from '../../ui/parts.tsx';
import { dateTime } from '../../words/words.ts';
import { actionWord, resultOf, whoWord } from './entry-words.ts';

/** A server by its name where the person may know it, else by its id. */
export function ServerName({ id }: { id: string }) {
  const name = useServers().data?.find((server) => server.id === id)?.name;
  return name === undefined ? <bdi dir="ltr">{id}</bdi> : <bdi>{name}</bdi>;
}

export function EntryRow({ entry, whole, open }: { entry: AuditEntry; whole: boolean; open: () => void }) {
  const { tone, word } = resultOf(entry);
  return (
    <li>
      <button type="button" className="row" aria-haspopup="dialog" onClick={open}>
        <span className="grow">
          {actionWord(entry.action)}
          <small>
            <bdi>{whoWord(entry)}</bdi>
            {whole && entry.serverId !== null && (
              <>
                {' · '}
                <ServerName id={entry.serverId} />
              </>
            )}
          </small>
        </span>
        <span className="end-column">
          <small>{dateTime(entry.at, { timeStyle: 'short' })}</small>
          {tone !== 'good' && <StateWord tone={tone}>{word}</StateWord>}
        </span>
      </button>
    </li>
  );
}
