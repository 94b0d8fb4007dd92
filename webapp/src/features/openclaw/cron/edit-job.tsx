import { useLocation } from 'wouter';
import type { CronJob } from '@clawmoor/shared/openclaw-cron.ts';
import { useChangeJob, useCreateJob, useCron } from '../../../api/cron-queries.ts';
import { useAgents } from '../../../api/openclaw-queries.ts';
import { haptic, useClosingConfirmation } from '../../../telegram/controls.ts';
import { leaveQuestion } from '../../../ui/code-editor.tsx';
import { useDraft } from '../../../ui/draft.ts';
import { EmptyState, Failed, Show } from '../../../ui/parts.tsx';
import { Screen } from '../../../ui/screen.tsx';
import { cron as text } from '../../../words/en/cron.ts';
import { emptyJob, formOf, scheduleOf, type JobForm } from './job-form-state.ts';
import { JobFields } from './job-form.tsx';

// Nothing in a job is secret.
const keepAll = (form: JobForm): JobForm => form;

export function NewJob({ id }: { id: string }) {
  const agents = useAgents(id);
  const create = useCreateJob(id);
  const draft = useDraft(`job:${id}`, emptyJob(), keepAll);
  const [, go] = useLocation();
  const { form } = draft;
  const schedule = scheduleOf(form);
  const submit = (): void => {
    if (!schedule) return;
    const optional = {
      ...(form.agentId !== '' && { agentId: form.agentId }),
      ...(form.model.trim() !== '' && { model: form.model.trim() }),
    };
    create.mutate(
      { name: form.name.trim(), message: form.message.trim(), schedule, session: form.session, ...optional },
      {
        onSuccess: (job) => {
          haptic('success');
          draft.forget();
          go(`/servers/${id}/cron/${encodeURIComponent(job.id)}`, { replace: true });
        },
      },
    );
  };
  return (
    <FormScreen title={text.create} form={form} changed={draft.changed} busy={create.isPending} submit={submit} text={text.save}>
      <JobFields form={form} set={draft.set} agents={agents.data ?? []} />
      {create.isError && <Failed error={create.error} />}
    </FormScreen>
  );
}

export function EditJob({ id, jobId }: { id: string; jobId: string }) {
  const jobs = useCron(id);
  const job = jobs.data?.jobs.find((one) => one.id === jobId);
  const back = `/servers/${id}/cron/${encodeURIComponent(jobId)}`;
  if (job) return <Edit id={id} job={job} back={back} />;
  return (
    <Screen title={text.edit} back={back}>
      <Show query={jobs}>{() => <EmptyState title={text.gone}>{text.goneHelp}</EmptyState>}</Show>
    </Screen>
  );
}

function Edit({ id, job, back }: { id: string; job: CronJob; back: string }) {
  const change = useChangeJob(id, job.id);
  const draft = useDraft(`job:${id}:${job.id}`, formOf(job), keepAll);
  const [, go] = useLocation();
  const { form } = draft;
  const submit = (): void => {
    const schedule = scheduleOf(form);
    if (!schedule) return;
    const model = form.model.trim();
    change.mutate(
      { name: form.name.trim(), message: form.message.trim(), schedule, ...(model !== (job.model ?? '') && { model: model || null }) },
      {
        onSuccess: () => {
          haptic('success');
          draft.forget();
          go(back, { replace: true });
        },
      },
    );
  };
  return (
    <FormScreen title={text.edit} back={back} form={form} changed={draft.changed} busy={change.isPending} submit={submit} text={text.save}>
      <JobFields form={form} set={draft.set} agents={undefined} />
      {change.isError && <Failed error={change.error} />}
    </FormScreen>
  );
}

interface FormScreenProps {
  title: string;
  back?: string;
  form: JobForm;
  changed: boolean;
  busy: boolean;
  submit: () => void;
  text: string;
  children: React.ReactNode;
}

function FormScreen({ title, back, form, changed, busy, submit, text: verb, children }: FormScreenProps) {
  const valid = form.name.trim() !== '' && form.message.trim() !== '' && scheduleOf(form) !== undefined;
  useClosingConfirmation(changed);
  return (
    <Screen
      title={title}
      {...(back !== undefined && { back })}
      main={{ text: verb, press: submit, busy, disabled: !valid, reason: text.needed }}
      leave={leaveQuestion(changed && !busy)}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (valid && !busy) submit();
        }}
      >
        {children}
      </form>
    </Screen>
  );
}
