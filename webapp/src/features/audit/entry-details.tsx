import type { AuditEntry } from '@clawmoor/shared/audit.ts';
import type { AuditFilter } from '../../api/audit-queries.ts';
import { Diff } from '../../ui/diff.tsx';
import { FactRow } from '../../ui/list.tsx';
import { CopyLine, StateWord } from '../../ui/parts.tsx';
import { audit as text } from '../../words/en/audit.ts';
import { dateTime, fill } from '../../words/words.ts';
import { ServerName } from './entry-row.tsx';
import { resultOf, whoWord } from './entry-words.ts';

export interface EntryDetailsProps {
  entry: AuditEntry;
  whole: boolean;
  /** Asks for the entries that share something with this one. */
  narrow: (more: AuditFilter) => void;
}

export function EntryDetails({ entry, whole, narrow }: EntryDetailsProps) {
  const { actor, serverId, target, ip, requestId, before, after } = entry;
  const { tone, word } = resultOf(entry);
  const actorId = actor?.id ?? null;
  return (
    <>
      <ul className="list">
        <FactRow name={text.result}>
          <StateWord tone={tone}>{word}</StateWord>
        </FactRow>
        <FactRow name={text.time}>{dateTime(entry.at, { dateStyle: 'medium', timeStyle: 'medium' })}</FactRow>
        <FactRow name={text.who}>
          <bdi>{whoWord(entry)}</bdi> {actorId !== null && <bdi dir="ltr">({actorId})</bdi>}
        </FactRow>
        {serverId !== null && (
          <FactRow name={text.server}>
            <ServerName id={serverId} />
          </FactRow>
        )}
        {target !== null && target !== serverId && (
          <FactRow name={text.target}>{/^\d+$/.test(target) ? fill(text.person, { id: target }) : <bdi dir="ltr">{target}</bdi>}</FactRow>
        )}
        {ip !== null && (
          <FactRow name={text.address}>
            <bdi dir="ltr">{ip}</bdi>
          </FactRow>
        )}
        <FactRow name={text.code}>
          <bdi dir="ltr">{entry.result === 'ok' ? entry.action : `${entry.action}: ${entry.result}`}</bdi>
        </FactRow>
      </ul>
      <h3>{text.changes}</h3>
      {before === null && after === null ? (
        <p className="hint">{text.noChanges}</p>
      ) : (
        <Diff before={textOf(before)} after={textOf(after)} label={text.changes} />
      )}
      <div className="actions">
        {actorId !== null && (
          <button type="button" className="button plain" onClick={() => narrow({ actor: actorId })}>
            {text.onlyWho}
          </button>
        )}
        {whole && serverId !== null && (
          <button type="button" className="button plain" onClick={() => narrow({ serverId })}>
            {text.onlyServer}
          </button>
        )}
      </div>
      {requestId !== null && (
        <>
          <h3>{text.request}</h3>
          <CopyLine text={requestId} />
        </>
      )}
    </>
  );
}

const textOf = (value: unknown): string => (value === null || value === undefined ? '' : `${JSON.stringify(value, null, 2)}\n`);
