import { useMemo, useState } from 'react';
import type { LogLine } from '@clawmoor/shared/openclaw-daily.ts';
import { useGatewayLog, type GatewayLog } from '../../../api/log-feed.ts';
import { plainText } from '../../../ui/log-rows.ts';
import { LogView } from '../../../ui/log-view.tsx';
import { Failed, Waiting } from '../../../ui/parts.tsx';
import { Screen } from '../../../ui/screen.tsx';
import { Tabs } from '../../../ui/tabs.tsx';
import { logs as text } from '../../../words/en/logs.ts';

const LEVELS = ['all', 'info', 'warn', 'error'] as const;
type Level = (typeof LEVELS)[number];

// What a gateway does not name (a stack below its error, a line of the journal) stays with everything but the errors.
const WEIGHT: Record<LogLine['level'], number> = { trace: 0, debug: 0, unknown: 2, info: 1, warn: 2, error: 3, fatal: 3 };

/** What the gateway says, as it says it; when it is down, the last words of its service. */
export function Logs({ id }: { id: string }) {
  const log = useGatewayLog(id);
  const [level, setLevel] = useState<Level>('all');
  const rows = useMemo(() => rowsOf(log.lines, level), [log.lines, level]);
  const waiting = log.source === undefined && log.error === undefined;
  return (
    <Screen title={text.title}>
      {waiting && <Waiting />}
      {log.error !== undefined && <Failed error={log.error} retry={log.again} />}
      {log.source !== undefined && (
        <div className="log-screen">
          <Source log={log} />
          <Tabs label={text.level} tabs={LEVELS.map((key) => ({ key, label: text.levels[key] }))} value={level} onChange={setLevel}>
            <LogView label={text.title} rows={rows} levels />
          </Tabs>
        </div>
      )}
    </Screen>
  );
}

function Source({ log: { source, because, gap } }: { log: GatewayLog }) {
  return (
    <div role="status">
      {source !== 'gateway' && source !== undefined && (
        <p className="notice warn">
          <strong>{text.sources[source]}</strong>
          {because !== null && <bdi>{because}</bdi>}
        </p>
      )}
      {gap && <p className="hint">{text.gap}</p>}
    </div>
  );
}

function rowsOf(lines: GatewayLog['lines'], level: Level) {
  const least = LEVELS.indexOf(level);
  return lines.flatMap((line) =>
    WEIGHT[line.level] < least
      ? []
      : [
          {
            key: line.seq,
            ...(line.at !== null && { at: line.at }),
            text: plainText(
              `${line.level === 'unknown' ? '' : `${line.level} `}${line.subsystem === null ? '' : `[${line.subsystem}] `}${line.message}`,
            ),
            failed: WEIGHT[line.level] === 3,
          },
        ],
  );
}
