import { useMemo } from 'react';
import type { Diagnosis as Found } from '@clawmoor/shared/openclaw-diagnosis.ts';
import { useDiagnosis } from '../../../api/control-queries.ts';
import { FactRow, List } from '../../../ui/list.tsx';
import { plainText } from '../../../ui/log-rows.ts';
import { LogView } from '../../../ui/log-view.tsx';
import { Show, StateWord } from '../../../ui/parts.tsx';
import { Screen } from '../../../ui/screen.tsx';
import { control as text } from '../../../words/en/control.ts';
import { server } from '../../../words/en/server.ts';
import { sentenceOf } from '../../../words/problems.ts';
import { ago, number } from '../../../words/words.ts';

/** Why the gateway is down, or that it is well: its service and its log, read over SSH. */
export function Diagnosis({ id }: { id: string }) {
  const diagnosis = useDiagnosis(id);
  const again = (): void => void diagnosis.refetch();
  return (
    <Screen
      title={text.diagnosis}
      main={diagnosis.data && { text: diagnosis.isFetching ? text.looking : text.lookAgain, press: again, busy: diagnosis.isFetching }}
    >
      <Show query={diagnosis}>{(found) => <Findings found={found} />}</Show>
    </Screen>
  );
}

function Findings({ found }: { found: Found }) {
  const rows = useMemo(() => found.log.map((line, at) => ({ key: at, text: plainText(line) })), [found.log]);
  const finding = found.finding && sentenceOf(found.finding);
  const well = found.status.state === 'ready';
  return (
    <>
      {finding ? (
        <div className="notice bad">
          <strong>{finding.message}</strong>
          <p>{finding.fix}</p>
        </div>
      ) : (
        <p className={well ? 'notice' : 'notice warn'}>{well ? text.well : text.nothingFound}</p>
      )}
      <List>
        <FactRow name={text.gateway}>
          <StateWord tone={well ? 'good' : 'bad'}>{server.gatewayStates[found.status.state]}</StateWord>
        </FactRow>
        <FactRow name={text.service}>{text.services[found.service]}</FactRow>
        {found.service !== 'none' && (
          <>
            <FactRow name={text.process}>{found.running ? text.running : text.notRunning}</FactRow>
            <FactRow name={text.enabled}>{found.enabled ? text.yes : text.no}</FactRow>
          </>
        )}
        {found.startedAt !== null && <FactRow name={text.started}>{ago(found.startedAt)}</FactRow>}
        {found.restarts !== null && <FactRow name={text.restarts}>{number(found.restarts)}</FactRow>}
        {found.crashLoop && <FactRow name={text.crashLoop}>{text.yes}</FactRow>}
        {found.outOfMemory && <FactRow name={text.outOfMemory}>{text.yes}</FactRow>}
        {found.lastExit !== null && (
          <FactRow name={text.lastExit}>
            <bdi dir="ltr">{found.lastExit}</bdi>
          </FactRow>
        )}
      </List>
      <h2>{text.lastLines}</h2>
      <LogView label={text.lastLines} rows={rows} />
    </>
  );
}
