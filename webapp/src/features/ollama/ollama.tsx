import { useState } from 'react';
import type { OllamaStatus } from '@clawmoor/shared/ollama.ts';
import { useInstallOllama, useOllama, usePullModel } from '../../api/ollama-queries.ts';
import { useServer } from '../../api/server-queries.ts';
import { useTasks } from '../../api/task-queries.ts';
import { hideKeyboard, type MainAction } from '../../telegram/controls.ts';
import { bytes } from '../../ui/bytes.ts';
import { Field } from '../../ui/field.tsx';
import { FactRow, List } from '../../ui/list.tsx';
import { LiveTask, openTask } from '../tasks/live-task.tsx';
import { EmptyState, Failed, Show, StateWord } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { ollama as text } from '../../words/en/ollama.ts';
import { fill } from '../../words/words.ts';
import { InstalledModels, KnownModels } from './models.tsx';

/** Models that run on a server itself: what is there, what would fit, and how far a download is. */
export function Ollama({ id }: { id: string }) {
  const status = useOllama(id);
  const role = useServer(id).data?.role;
  const mayChange = role !== undefined && role !== 'viewer';
  const install = useInstallOllama(id);
  const pull = usePullModel(id);
  const task = openTask(useTasks(id).data, ({ type }) => type.startsWith('ollama.'));
  const busy = task !== undefined || install.isPending || pull.isPending;
  const lacking = status.data && !status.data.running && status.data.unsupported === null;
  const main: MainAction | undefined =
    mayChange && lacking && task === undefined
      ? { text: status.data.installed ? text.start : text.install, press: () => install.mutate(undefined), busy: install.isPending }
      : undefined;
  return (
    <Screen title={text.title} main={main}>
      {role === 'viewer' && <p className="hint under">{text.onlyAdmins}</p>}
      {task && <LiveTask key={task.id} task={task} mayStop={mayChange} stopHelp={text.stopHelp} />}
      {install.isError && <Failed error={install.error} />}
      {pull.isError && <Failed error={pull.error} />}
      <Show query={status} empty={{ when: ({ installed }) => !installed && task === undefined, face: <Nothing status={status.data} /> }}>
        {(found) => (
          <>
            <State status={found} />
            {mayChange && found.updateAvailable && (
              <button type="button" className="button plain wide" disabled={busy} onClick={() => install.mutate(found.offered)}>
                {fill(text.update, { version: found.offered })}
              </button>
            )}
            {found.running && (
              <>
                <InstalledModels id={id} models={found.models} mayChange={mayChange} />
                <KnownModels status={found} mayChange={mayChange} busy={busy} get={(model) => pull.mutate(model)} />
                {mayChange && <OtherModel busy={busy} get={(model) => pull.mutate(model)} />}
              </>
            )}
          </>
        )}
      </Show>
    </Screen>
  );
}

function Nothing({ status }: { status: OllamaStatus | undefined }) {
  const machine = status?.unsupported;
  return (
    <>
      <EmptyState title={text.none}>{machine ? fill(text.unsupported, { machine }) : text.noneHelp}</EmptyState>
      {!machine && <p className="hint under">{text.willTake}</p>}
    </>
  );
}

function State({ status }: { status: OllamaStatus }) {
  const { running, installed, version, origin, exposed, memory, disk } = status;
  return (
    <>
      {exposed && (
        <div className="notice warn" role="status">
          <p>{text.exposed}</p>
          <p>{text.exposedFix}</p>
        </div>
      )}
      <List>
        <FactRow name={text.state}>
          <StateWord tone={running ? 'good' : installed ? 'bad' : 'idle'}>{running ? text.running : text.stopped}</StateWord>
        </FactRow>
        {version !== null && (
          <FactRow name={text.version}>
            <bdi dir="ltr">{version}</bdi>
          </FactRow>
        )}
        <FactRow name={text.memory}>{fill(text.memoryOf, { free: bytes(memory.freeBytes), total: bytes(memory.totalBytes) })}</FactRow>
        <FactRow name={text.disk}>{bytes(disk.freeBytes)}</FactRow>
      </List>
      {origin === 'other' && <p className="hint under">{text.notOurs}</p>}
    </>
  );
}

const NAME = /^[a-z0-9][\w.-]*(\/[a-z0-9][\w.-]*){0,3}(:\w[\w.-]*)?$/i;

function OtherModel({ busy, get }: { busy: boolean; get: (model: string) => void }) {
  const [typed, setTyped] = useState('');
  const [tried, setTried] = useState(false);
  const name = typed.trim();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        hideKeyboard();
        setTried(true);
        if (NAME.test(name)) get(name);
      }}
    >
      <Field
        label={text.another}
        help={text.otherHelp}
        problem={tried && name !== '' && !NAME.test(name) ? text.badName : undefined}
        value={typed}
        dir="ltr"
        maxLength={200}
        autoComplete="off"
        onChange={({ target }) => setTyped(target.value)}
      />
      <button type="submit" className="button plain wide" disabled={name === '' || busy}>
        {text.get}
      </button>
    </form>
  );
}
