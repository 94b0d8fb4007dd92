import { useState } from 'react';
import { useLocation } from 'wouter';
import type { Task } from '@clawmoor/shared/tasks.ts';
import { useRetryTask } from '../../api/task-queries.ts';
import { Field } from '../../ui/field.tsx';
import { Failed } from '../../ui/parts.tsx';
import { task as text } from '../../words/en/task.ts';

/** Goes on where the task ended. Secrets were wiped then, and are asked for once more. */
export function Retry({ task }: { task: Task }) {
  const [secrets, setSecrets] = useState<Record<string, string>>({});
  const retry = useRetryTask(task.id);
  const [, go] = useLocation();
  const ready = task.secretsNeeded.every((name) => (secrets[name] ?? '') !== '');
  return (
    <form
      className="card"
      onSubmit={(event) => {
        event.preventDefault();
        retry.mutate(secrets, { onSuccess: ({ taskId }) => go(`/tasks/${taskId}`, { replace: true }) });
      }}
    >
      <p>{task.secretsNeeded.length > 0 ? text.retrySecrets : text.retryHelp}</p>
      {task.secretsNeeded.map((name) => (
        <Field
          key={name}
          label={text.secrets[name] ?? name}
          type="password"
          autoComplete="off"
          value={secrets[name] ?? ''}
          onChange={({ target }) => setSecrets({ ...secrets, [name]: target.value })}
        />
      ))}
      {retry.isError && <Failed error={retry.error} />}
      <button type="submit" className="button wide" disabled={!ready || retry.isPending} aria-busy={retry.isPending}>
        {text.retry}
      </button>
    </form>
  );
}
