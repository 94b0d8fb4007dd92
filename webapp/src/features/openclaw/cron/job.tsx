import { useLocation } from 'wouter';
import type { CronJob } from '@clawmoor/shared/openclaw-cron.ts';
import { useChangeJob, useCron, useRemoveJob, useRunJob } from '../../../api/cron-queries.ts';
import { useServer } from '../../../api/server-queries.ts';
import { haptic } from '../../../telegram/controls.ts';
import { confirm } from '../../../telegram/popup.ts';
import { FactRow, LinkRow, List } from '../../../ui/list.tsx';
import { EmptyState, Failed, Show } from '../../../ui/parts.tsx';
import { Screen } from '../../../ui/screen.tsx';
import { Toggle } from '../../../ui/toggle.tsx';
import { cron as text } from '../../../words/en/cron.ts';
import { when } from '../../../words/times.ts';
import { fill } from '../../../words/words.ts';
import { JobState } from './job-state.tsx';
import { Runs } from './runs.tsx';
import { isAhead, scheduleWords } from './schedule-words.ts';

/** One scheduled job: what it does, how it went, and its run by hand. */
export function Job({ id, jobId }: { id: string; jobId: string }) {
  const jobs = useCron(id);
  const job = jobs.data?.jobs.find((one) => one.id === jobId);
  const mayChange = useServer(id).data?.role !== 'viewer';
  const run = useRunJob(id, jobId);
  const start = (): void => run.mutate(undefined, { onSuccess: () => haptic('success') });
  const busy = run.isPending || job?.running === true;
  return (
    <Screen
      title={job?.name ?? text.title}
      main={job && mayChange ? { text: busy ? text.running : text.run, press: start, busy } : undefined}
    >
      <Show query={jobs} empty={{ when: () => job === undefined, face: <EmptyState title={text.gone}>{text.goneHelp}</EmptyState> }}>
        {() => job && <Details id={id} job={job} mayChange={mayChange} />}
      </Show>
      {run.isError && <Failed error={run.error} />}
      {job && <Runs id={id} jobId={jobId} />}
    </Screen>
  );
}

function Details({ id, job, mayChange }: { id: string; job: CronJob; mayChange: boolean }) {
  const change = useChangeJob(id, job.id);
  const remove = useRemoveJob(id, job.id);
  const [, go] = useLocation();
  const askToRemove = async (): Promise<void> => {
    if (!(await confirm(fill(text.removeAsk, { name: job.name }), text.remove))) return;
    // Not `onSuccess`: by then the list is without it, and this part of the screen is gone.
    await remove.mutateAsync(undefined).then(
      () => (haptic('success'), go(`/servers/${id}/cron`, { replace: true })),
      () => undefined,
    );
  };
  const mayEdit = mayChange && !job.managed;
  return (
    <>
      <section className="card">
        <JobState job={job} />
        <p>
          <bdi>{scheduleWords(job.schedule)}</bdi>
        </p>
        {isAhead(job) && <p className="hint">{fill(text.next, { time: when(job.nextRunAt ?? '') })}</p>}
        {job.lastRun?.error != null && (
          <p className="notice bad">
            <strong>{text.lastError}</strong>
            <bdi dir="ltr">{job.lastRun.error}</bdi>
          </p>
        )}
        {job.managed && <p className="hint">{text.managedHelp}</p>}
      </section>
      <List>
        {mayEdit && (
          <li>
            <Toggle
              label={text.enabled}
              checked={change.isPending && change.variables.enabled !== undefined ? change.variables.enabled : job.enabled}
              disabled={change.isPending}
              onChange={(enabled) => change.mutate({ enabled })}
            />
          </li>
        )}
        {job.agentId !== null && (
          <FactRow name={text.agent}>
            <bdi dir="ltr">{job.agentId}</bdi>
          </FactRow>
        )}
        {job.model !== null && (
          <FactRow name={text.model}>
            <bdi dir="ltr">{job.model}</bdi>
          </FactRow>
        )}
        <FactRow name={text.answers}>{text.sessions[job.session] ?? <bdi dir="ltr">{job.session}</bdi>}</FactRow>
        {mayEdit && job.schedule.kind !== 'other' && (
          <LinkRow href={`/servers/${id}/cron/${encodeURIComponent(job.id)}/edit`}>{text.edit}</LinkRow>
        )}
      </List>
      {job.message !== null && (
        <section className="card">
          <h2>{text.message}</h2>
          <p className="said">
            <bdi>{job.message}</bdi>
          </p>
        </section>
      )}
      {change.isError && <Failed error={change.error} />}
      {remove.isError && <Failed error={remove.error} />}
      {mayEdit && (
        <button type="button" className="button danger wide" disabled={remove.isPending} onClick={() => void askToRemove()}>
          {text.remove}
        </button>
      )}
    </>
  );
}
