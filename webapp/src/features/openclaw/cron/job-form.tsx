import { Choice, Field } from '../../../ui/field.tsx';
import { SelectField } from '../../../ui/select-field.tsx';
import { cron as text } from '../../../words/en/cron.ts';
import { scheduleOf, type JobForm } from './job-form-state.ts';
import { scheduleWords } from './schedule-words.ts';

interface Props {
  form: JobForm;
  set: (change: Partial<JobForm>) => void;
}

/** The fields of a job; `agents` where its agent may still be chosen. */
export function JobFields({ form, set, agents }: Props & { agents: readonly { id: string; name: string }[] | undefined }) {
  return (
    <>
      <Field label={text.name} value={form.name} maxLength={64} onChange={({ target }) => set({ name: target.value })} />
      {agents && agents.length > 1 && (
        <SelectField
          label={text.agent}
          value={form.agentId}
          options={[{ value: '', label: text.defaultAgent }, ...agents.map(({ id, name }) => ({ value: id, label: name }))]}
          onChange={(agentId) => set({ agentId })}
        />
      )}
      <Field
        multiline
        label={text.message}
        help={text.messageHelp}
        value={form.message}
        maxLength={20_000}
        onChange={({ target }) => set({ message: target.value })}
      />
      <ScheduleFields form={form} set={set} />
      {agents && (
        <Choice
          legend={text.session}
          value={form.session}
          onChange={(session) => set({ session })}
          options={(['isolated', 'main'] as const).map((value) => ({
            value,
            label: text.sessions[value] ?? value,
            help: text.sessionHelp[value],
          }))}
        />
      )}
      <Field
        label={text.model}
        help={text.modelHelp}
        optional
        dir="ltr"
        value={form.model}
        maxLength={200}
        onChange={({ target }) => set({ model: target.value })}
      />
    </>
  );
}

function ScheduleFields({ form, set }: Props) {
  const schedule = scheduleOf(form);
  return (
    <>
      <Choice
        legend={text.when}
        value={form.kind}
        onChange={(kind) => set({ kind })}
        options={(['every', 'cron', 'at'] as const).map((value) => ({ value, label: text.kinds[value], help: text.kindHelp[value] }))}
      />
      {form.kind === 'every' && (
        <>
          <Field
            label={text.everyLabel}
            inputMode="decimal"
            value={form.every}
            problem={schedule ? undefined : text.everyWrong}
            onChange={({ target }) => set({ every: target.value })}
          />
          <SelectField
            label={text.unit}
            value={form.unit}
            options={(['minutes', 'hours', 'days'] as const).map((value) => ({ value, label: text.units[value] }))}
            onChange={(unit) => set({ unit: unit as JobForm['unit'] })}
          />
        </>
      )}
      {form.kind === 'cron' && (
        <>
          <Field
            label={text.line}
            dir="ltr"
            help={schedule ? scheduleWords(schedule) : undefined}
            problem={schedule ? undefined : text.lineHelp}
            value={form.expr}
            onChange={({ target }) => set({ expr: target.value })}
          />
          <Field label={text.zone} dir="ltr" optional value={form.timeZone} onChange={({ target }) => set({ timeZone: target.value })} />
        </>
      )}
      {form.kind === 'at' && (
        <Field
          label={text.atLabel}
          type="datetime-local"
          value={form.at}
          problem={schedule || form.at === '' ? undefined : text.atWrong}
          onChange={({ target }) => set({ at: target.value })}
        />
      )}
    </>
  );
}
