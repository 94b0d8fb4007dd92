import { useLocation } from 'wouter';
import type { Provider, SetupRun } from '@clawmoor/shared/setup.ts';
import { ApiError } from '../../api/client.ts';
import { useServer } from '../../api/server-queries.ts';
import { usePrereqs, useRunSetup } from '../../api/setup-queries.ts';
import { useClosingConfirmation } from '../../telegram/controls.ts';
import { useDraft } from '../../ui/draft.ts';
import { Choice, Field } from '../../ui/field.tsx';
import { Failed, Show } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { setup as text } from '../../words/en/setup.ts';
import { words } from '../../words/words.ts';
import { PrereqList } from './prereq-list.tsx';

interface Form {
  kind: Provider['kind'];
  baseUrl: string;
  model: string;
  apiKey: string;
  version: string;
  port: string;
}

const EMPTY: Form = { kind: 'none', baseUrl: '', model: '', apiKey: '', version: '', port: '' };
const withoutSecrets = ({ apiKey: _secret, ...rest }: Form): Partial<Form> => rest;

export function Setup({ id }: { id: string }) {
  const server = useServer(id);
  const prereqs = usePrereqs(id);
  const run = useRunSetup(id);
  const [, go] = useLocation();
  const { form, set, changed, forget } = useDraft(`setup-${id}`, EMPTY, withoutSecrets);
  useClosingConfirmation(changed && !run.isSuccess);
  const body = bodyOf(form);
  const blocked = prereqs.data?.verdict === 'block';
  const start = (): void => {
    if (!body) return;
    run.mutate(body, {
      onSuccess: ({ taskId }) => {
        forget();
        go(`/tasks/${taskId}`, { replace: true });
      },
      // Somebody was faster: what they started is the answer.
      onError: (error) => error instanceof ApiError && error.taskId !== undefined && go(`/tasks/${error.taskId}`),
    });
  };
  const openTask = server.data?.openTaskId;
  const main = openTask
    ? { text: words.servers.running, press: () => go(`/tasks/${openTask}`) }
    : {
        text: text.run,
        press: start,
        busy: run.isPending,
        disabled: !body || blocked || !prereqs.data,
        reason: blocked ? text.blocked : prereqs.data ? undefined : text.checking,
      };
  return (
    <Screen title={text.title} main={main}>
      <section className="card">
        <h2>{text.will}</h2>
        <ol>
          {text.willList.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ol>
      </section>
      <h2>{text.prereqs}</h2>
      {prereqs.isPending && (
        <p role="status" className="hint under">
          {text.checking}
        </p>
      )}
      <Show query={prereqs} rows={2}>
        {(found) => <PrereqList prereqs={found} />}
      </Show>
      {blocked && (
        <div className="notice bad" role="alert">
          <p>{text.blocked}</p>
          <button type="button" className="button plain" disabled={prereqs.isFetching} onClick={() => void prereqs.refetch()}>
            {text.checkAgain}
          </button>
        </div>
      )}
      <ModelForm form={form} set={set} />
      <details>
        <summary>{text.advanced}</summary>
        <Field
          label={text.version}
          optional
          placeholder="latest"
          dir="ltr"
          autoComplete="off"
          value={form.version}
          onChange={({ target }) => set({ version: target.value })}
        />
        <Field
          label={text.port}
          optional
          inputMode="numeric"
          placeholder="18789"
          dir="ltr"
          autoComplete="off"
          value={form.port}
          onChange={({ target }) => set({ port: target.value })}
        />
      </details>
      {run.isError && <Failed error={run.error} retry={start} />}
    </Screen>
  );
}

function ModelForm({ form, set }: { form: Form; set: (change: Partial<Form>) => void }) {
  const kinds = Object.entries(text.kinds) as [Provider['kind'], string][];
  return (
    <section>
      <Choice
        legend={text.model}
        value={form.kind}
        onChange={(kind) => set({ kind })}
        options={kinds.map(([value, label]) => ({ value, label, help: text.kindHelp[value] }))}
      />
      {form.kind === 'openai-compatible' && (
        <Field
          label={text.baseUrl}
          placeholder="https://…/v1"
          inputMode="url"
          dir="ltr"
          value={form.baseUrl}
          onChange={({ target }) => set({ baseUrl: target.value })}
        />
      )}
      {form.kind !== 'none' && (
        <Field
          label={text.modelName}
          optional={form.kind === 'openai' || form.kind === 'anthropic'}
          dir="ltr"
          value={form.model}
          onChange={({ target }) => set({ model: target.value })}
        />
      )}
      {form.kind !== 'none' && form.kind !== 'ollama' && (
        <Field
          label={text.apiKey}
          help={text.apiKeyHelp}
          type="password"
          autoComplete="off"
          optional={form.kind === 'openai-compatible'}
          dir="ltr"
          value={form.apiKey}
          onChange={({ target }) => set({ apiKey: target.value })}
        />
      )}
    </section>
  );
}

/** `undefined` while something that the chosen kind needs is missing. */
function bodyOf({ kind, baseUrl, model, apiKey, version, port }: Form): SetupRun | undefined {
  const needs = {
    none: true,
    'openai-compatible': /^https?:\/\/\S+$/.test(baseUrl) && model !== '',
    openai: apiKey !== '',
    anthropic: apiKey !== '',
    ollama: model !== '',
  }[kind];
  const portNumber = port === '' ? undefined : Number(port);
  if (!needs || (portNumber !== undefined && !(Number.isInteger(portNumber) && portNumber > 0 && portNumber < 65_536))) return undefined;
  const provider: Provider = {
    kind,
    ...(kind === 'openai-compatible' && { baseUrl }),
    ...(kind !== 'none' && model !== '' && { model }),
    ...(kind !== 'none' && kind !== 'ollama' && apiKey !== '' && { apiKey }),
  };
  return { provider, ...(version !== '' && { version }), ...(portNumber !== undefined && { port: portNumber }) };
}
