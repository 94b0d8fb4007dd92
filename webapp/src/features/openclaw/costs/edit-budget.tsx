import { useState } from 'react';
import { useLocation } from 'wouter';
import type { Budget, BudgetChange, BudgetPolicy } from '@clawmoor/shared/budgets.ts';
import { useAddBudget, useBudgets, useChangeBudget } from '../../../api/cost-queries.ts';
import { useAgents } from '../../../api/openclaw-queries.ts';
import { haptic } from '../../../telegram/controls.ts';
import { Choice, Field } from '../../../ui/field.tsx';
import { EmptyState, Failed, Show } from '../../../ui/parts.tsx';
import { Screen } from '../../../ui/screen.tsx';
import { SelectField } from '../../../ui/select-field.tsx';
import { costs as text } from '../../../words/en/costs.ts';

interface Form {
  agentId: string;
  period: Budget['period'];
  limit: string;
  policy: BudgetPolicy;
  cheaperModel: string;
}

const EMPTY: Form = { agentId: '', period: 'month', limit: '', policy: 'warn', cheaperModel: '' };

export function NewBudget({ id }: { id: string }) {
  const [form, setForm] = useState(EMPTY);
  const agents = useAgents(id);
  const add = useAddBudget(id);
  const save = (body: BudgetChange, done: () => void): void =>
    add.mutate({ ...body, ...(form.agentId !== '' && { agentId: form.agentId }) }, { onSuccess: done });
  return (
    <BudgetScreen id={id} title={text.newBudget} form={form} busy={add.isPending} error={add.error} save={save} set={setForm}>
      <SelectField
        label={text.whose}
        value={form.agentId}
        options={[{ value: '', label: text.allAgents }, ...(agents.data ?? []).map((agent) => ({ value: agent.id, label: agent.name }))]}
        onChange={(agentId) =>
          setForm({ ...form, agentId, policy: agentId === '' || form.policy === 'cheaper_model' ? form.policy : 'warn' })
        }
      />
    </BudgetScreen>
  );
}

export function EditBudget({ id, budgetId }: { id: string; budgetId: string }) {
  const budgets = useBudgets(id);
  const budget = budgets.data?.find((one) => one.id === budgetId);
  if (budget) return <Edit id={id} budget={budget} />;
  return (
    <Screen title={text.change}>
      <Show query={budgets}>{() => <EmptyState title={text.gone} />}</Show>
    </Screen>
  );
}

function Edit({ id, budget }: { id: string; budget: Budget }) {
  const [form, setForm] = useState<Form>({
    agentId: budget.agentId ?? '',
    period: budget.period,
    limit: String(budget.limitUsd),
    policy: budget.policy,
    cheaperModel: budget.cheaperModel ?? '',
  });
  const change = useChangeBudget(id, budget.id);
  const save = (body: BudgetChange, done: () => void): void => change.mutate(body, { onSuccess: done });
  return (
    <BudgetScreen id={id} title={text.change} form={form} busy={change.isPending} error={change.error} save={save} set={setForm}>
      {budget.done.length > 0 && <p className="notice warn">{text.undoneFirst}</p>}
    </BudgetScreen>
  );
}

interface BudgetScreenProps {
  id: string;
  title: string;
  form: Form;
  busy: boolean;
  error: unknown;
  save: (body: BudgetChange, done: () => void) => void;
  set: (form: Form) => void;
  children: React.ReactNode;
}

function BudgetScreen({ id, title, form, busy, error, save, set, children }: BudgetScreenProps) {
  const [, go] = useLocation();
  const limitUsd = Number(form.limit.replace(',', '.'));
  const limitValid = limitUsd >= 0.01 && limitUsd <= 1_000_000;
  const modelValid = form.policy !== 'cheaper_model' || /^[\w.-]+\/[\w.:/@+-]+$/.test(form.cheaperModel.trim());
  const valid = limitValid && modelValid;
  const submit = (): void =>
    save(
      {
        period: form.period,
        limitUsd,
        policy: form.policy,
        cheaperModel: form.policy === 'cheaper_model' ? form.cheaperModel.trim() : null,
      },
      () => {
        haptic('success');
        go(`/servers/${id}/costs`, { replace: true });
      },
    );
  // What holds the whole server back cannot be done for one agent.
  const policies = (['warn', 'cheaper_model', 'stop_schedules', 'stop_channels'] as const).filter(
    (policy) => form.agentId === '' || policy === 'warn' || policy === 'cheaper_model',
  );
  return (
    <Screen title={title} main={{ text: text.save, press: submit, busy, disabled: !valid, reason: text.needed }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (valid && !busy) submit();
        }}
      >
        {children}
        <Choice
          legend={text.per}
          value={form.period}
          onChange={(period) => set({ ...form, period })}
          options={(['day', 'month'] as const).map((value) => ({ value, label: text.periods[value] }))}
        />
        <Field
          label={text.limit}
          inputMode="decimal"
          dir="ltr"
          help={text.limitHelp}
          problem={form.limit === '' || limitValid ? undefined : text.limitWrong}
          value={form.limit}
          onChange={({ target }) => set({ ...form, limit: target.value })}
        />
        <Choice
          legend={text.policy}
          value={form.policy}
          onChange={(policy) => set({ ...form, policy })}
          options={policies.map((value) => ({ value, label: text.policies[value], help: text.policyHelp[value] }))}
        />
        {form.policy === 'cheaper_model' && (
          <Field
            label={text.cheaper}
            dir="ltr"
            help={text.cheaperHelp}
            problem={form.cheaperModel === '' || modelValid ? undefined : text.cheaperHelp}
            value={form.cheaperModel}
            onChange={({ target }) => set({ ...form, cheaperModel: target.value })}
          />
        )}
        {error !== null && <Failed error={error} />}
      </form>
    </Screen>
  );
}
