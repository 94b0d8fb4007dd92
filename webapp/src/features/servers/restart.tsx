import { useLocation } from 'wouter';
import { usePreflight } from '../../api/control-queries.ts';
import { useRestart } from '../../api/openclaw-queries.ts';
import { Failed, Waiting } from '../../ui/parts.tsx';
import { Sheet, useSheet } from '../../ui/sheet.tsx';
import { control as text } from '../../words/en/control.ts';
import { server } from '../../words/en/server.ts';
import { number, words } from '../../words/words.ts';

/** Says what a restart would interrupt before it is done. A gateway that cannot say it may be restarted all the same. */
export function Restart({ serverId }: { serverId: string }) {
  const sheet = useSheet('restart');
  return (
    <>
      <button type="button" className="button plain" onClick={sheet.show}>
        {server.restart}
      </button>
      <Sheet sheet={sheet} title={server.restart}>
        <Preflight serverId={serverId} hide={sheet.hide} />
      </Sheet>
    </>
  );
}

function Preflight({ serverId, hide }: { serverId: string; hide: () => Promise<void> }) {
  const { data, isPending, isError } = usePreflight(serverId, true);
  const restart = useRestart(serverId);
  const [, go] = useLocation();
  const begin = (): void => restart.mutate(undefined, { onSuccess: ({ taskId }) => void hide().then(() => go(`/tasks/${taskId}`)) });
  const busy = Object.entries(data?.counts ?? {}).filter(([name, count]) => count > 0 && name !== 'totalActive');
  return (
    <>
      <div role="status">
        {isPending && <Waiting rows={1} />}
        {isError && <p className="notice warn">{text.preflightUnknown}</p>}
        {data && (
          <p className={data.safe ? 'notice' : 'notice warn'}>
            <strong>{data.safe ? text.preflightSafe : text.preflightBusy}</strong>
            {!data.safe && <bdi>{data.summary}</bdi>}
          </p>
        )}
        {busy.length > 0 && (
          <ul className="facts">
            {busy.map(([name, count]) => (
              <li key={name}>
                <span>{text.counts[name] ?? <bdi dir="ltr">{name}</bdi>}</span>
                <span className="hint">{number(count)}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
      {restart.isError && <Failed error={restart.error} />}
      <div className="actions even">
        <button type="button" className="button plain" onClick={() => void hide()}>
          {words.app.cancel}
        </button>
        <button type="button" className="button danger" disabled={restart.isPending} aria-busy={restart.isPending} onClick={begin}>
          {text.restart}
        </button>
      </div>
    </>
  );
}
