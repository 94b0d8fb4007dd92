import { useLocation } from 'wouter';
import type { CronJob } from '@clawmoor/shared/openclaw-cron.ts';
import { useCron } from '../../../api/cron-queries.ts';
import { useServer } from '../../../api/server-queries.ts';
import { LinkRow, List } from '../../../ui/list.tsx';
import { EmptyState, Show } from '../../../ui/parts.tsx';
import { Screen } from '../../../ui/screen.tsx';
import { cron as text } from '../../../words/en/cron.ts';
import { when } from '../../../words/times.ts';
import { fill } from '../../../words/words.ts';
import { JobState } from './job-state.tsx';
import { isAhead, scheduleWords } from './schedule-words.ts';

/** What runs by the clock, and how it went. */
export function Cron({ id }: { id: string }) {
  const jobs = useCron(id);
  const mayChange = useServer(id).data?.role !== 'viewer';
  const [, go] = useLocation();
  return (
    <Screen title={text.title} main={mayChange && jobs.data ? { text: text.create, press: () => go(`/servers/${id}/new-job`) } : undefined}>
      <Show
        query={jobs}
        empty={{ when: (all) => all.jobs.length === 0, face: <EmptyState title={text.empty}>{text.emptyHelp}</EmptyState> }}
      >
        {({ jobs: all, enabled }) => (
          <>
            {!enabled && (
              <p className="notice warn" role="status">
                {text.allOff}
              </p>
            )}
            <Jobs id={id} title={undefined} jobs={all.filter(({ managed }) => !managed)} />
            <Jobs id={id} title={text.managed} jobs={all.filter(({ managed }) => managed)} />
          </>
        )}
      </Show>
    </Screen>
  );
}

function Jobs({ id, title, jobs }: { id: string; title: string | undefined; jobs: readonly CronJob[] }) {
  if (jobs.length === 0) return null;
  return (
    <section>
      {title !== undefined && <h2>{title}</h2>}
      <List>
        {jobs.map((job) => (
          <LinkRow key={job.id} href={`/servers/${id}/cron/${encodeURIComponent(job.id)}`}>
            <bdi>{job.name}</bdi>
            <small>
              <bdi>{scheduleWords(job.schedule)}</bdi>
              {isAhead(job) && ` · ${fill(text.next, { time: when(job.nextRunAt ?? '') })}`}
            </small>
            <JobState job={job} />
          </LinkRow>
        ))}
      </List>
    </section>
  );
}
