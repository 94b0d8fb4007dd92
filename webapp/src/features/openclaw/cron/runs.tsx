import { useCronRuns } from '../../../api/cron-queries.ts';
import { List } from '../../../ui/list.tsx';
import { Show, StateWord } from '../../../ui/parts.tsx';
import { cron as text } from '../../../words/en/cron.ts';
import { span } from '../../../words/times.ts';
import { dateTime, words } from '../../../words/words.ts';
import { RUN_TONES } from './job-state.tsx';

/** How a job went each time, newest first. */
export function Runs({ id, jobId }: { id: string; jobId: string }) {
  const runs = useCronRuns(id, jobId);
  return (
    <section>
      <h2>{text.history}</h2>
      <Show
        query={runs}
        rows={2}
        empty={{ when: ({ pages }) => pages[0]?.runs.length === 0, face: <p className="card hint">{text.noRuns}</p> }}
      >
        {({ pages }) => (
          <>
            <List>
              {pages
                .flatMap((page) => page.runs)
                .map((run, at) => (
                  <li key={`${run.at} ${at}`} className="row">
                    <span className="grow">
                      {run.at === null ? text.unknownTime : dateTime(run.at)}
                      <small>
                        {run.durationMs !== null && span(Math.round(run.durationMs / 100) * 100)}
                        {run.delivery !== null && text.deliveries[run.delivery] !== undefined && ` · ${text.deliveries[run.delivery]}`}
                      </small>
                      {run.error !== null && (
                        <small className="bad">
                          <bdi dir="ltr">{run.error}</bdi>
                        </small>
                      )}
                    </span>
                    <StateWord tone={RUN_TONES[run.status]}>{text.runStates[run.status]}</StateWord>
                  </li>
                ))}
            </List>
            {runs.hasNextPage && (
              <button
                type="button"
                className="button plain wide"
                disabled={runs.isFetchingNextPage}
                aria-busy={runs.isFetchingNextPage}
                onClick={() => void runs.fetchNextPage()}
              >
                {words.app.more}
              </button>
            )}
          </>
        )}
      </Show>
    </section>
  );
}
