import { useWatched } from '../../api/incident-queries.ts';
import { StateWord } from '../../ui/parts.tsx';
import { Sparkline } from '../../ui/sparkline.tsx';
import { incidents as text } from '../../words/en/incidents.ts';
import { fill, number, plural } from '../../words/words.ts';
import { toneOf } from './incident-words.ts';

/** On the card of a server: the shape of its last hour, and the worst that stands. */
export function WatchLine({ serverId }: { serverId: string }) {
  const watched = useWatched().data?.get(serverId);
  if (!watched) return null;
  const { cpu, worst, open } = watched;
  const now = cpu.findLast((value) => value !== null);
  return (
    <span className="line-between">
      {worst === null ? (
        <span />
      ) : (
        <StateWord tone={toneOf(worst)}>
          {text.kinds[worst.kind]} {open > 1 && <small>{plural(text.more, open - 1)}</small>}
        </StateWord>
      )}
      {now !== undefined && <Sparkline values={cpu} max={100} label={fill(text.watch.cpuNow, { value: number(Math.round(now ?? 0)) })} />}
    </span>
  );
}
