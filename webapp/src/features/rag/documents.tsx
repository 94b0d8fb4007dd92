import type { RagHealth } from '@clawmoor/shared/rag.ts';
import { useAgents } from '../../api/openclaw-queries.ts';
import { isBusy, useConnections, useInstallRag, useRagHealth } from '../../api/rag-queries.ts';
import { useServer } from '../../api/server-queries.ts';
import { useTasks } from '../../api/task-queries.ts';
import type { MainAction } from '../../telegram/controls.ts';
import { bytes } from '../../ui/bytes.ts';
import { FactRow, LinkRow, List } from '../../ui/list.tsx';
import { LiveTask, openTask } from '../tasks/live-task.tsx';
import { EmptyState, Failed, Show, StateWord } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { rag as text } from '../../words/en/rag.ts';
import { sentenceOf } from '../../words/problems.ts';
import { fill } from '../../words/words.ts';
import { CollectionRow } from './collection-row.tsx';

/** The document search of a server: which agents have documents, and how the service fares. */
export function Documents({ id }: { id: string }) {
  const health = useRagHealth(id);
  const role = useServer(id).data?.role;
  const mayChange = role !== undefined && role !== 'viewer';
  const install = useInstallRag(id);
  const task = openTask(useTasks(id).data, ({ type }) => type === 'rag.install');
  const main: MainAction | undefined =
    mayChange && health.data && !health.data.running && task === undefined
      ? { text: health.data.installed ? text.start : text.install, press: () => install.mutate(undefined), busy: install.isPending }
      : undefined;
  return (
    <Screen title={text.title} main={main}>
      {role === 'viewer' && <p className="hint under">{text.onlyAdmins}</p>}
      {task && <LiveTask key={task.id} task={task} mayStop={mayChange} stopHelp={text.stopHelp} />}
      {install.isError && <Failed error={install.error} />}
      <Show
        query={health}
        empty={{
          when: ({ installed }) => !installed && task === undefined,
          face: <EmptyState title={text.none}>{text.noneHelp}</EmptyState>,
        }}
      >
        {(found) => (
          <>
            {found.problem && task === undefined && <Problem problem={found.problem} />}
            {found.running && <Collections id={id} />}
            <Service health={found} />
            {mayChange && found.updateAvailable && found.offered !== null && (
              <button
                type="button"
                className="button plain wide"
                disabled={install.isPending || task !== undefined}
                onClick={() => install.mutate(undefined)}
              >
                {fill(text.update, { version: found.offered })}
              </button>
            )}
            <List>
              <LinkRow href={`/servers/${id}/ollama`} icon="server">
                {text.models}
                <small>{text.modelsHelp}</small>
              </LinkRow>
            </List>
          </>
        )}
      </Show>
    </Screen>
  );
}

function Problem({ problem }: { problem: NonNullable<RagHealth['problem']> }) {
  const { message, fix } = sentenceOf(problem);
  return (
    <div className="notice bad" role="alert">
      <strong>{message}</strong>
      {fix !== undefined && <p>{fix}</p>}
    </div>
  );
}

/** Every agent, with or without documents; and collections whose agent is gone. */
function Collections({ id }: { id: string }) {
  const connections = useConnections(id);
  const agents = useAgents(id);
  return (
    <Show query={connections}>
      {(all) => {
        const orphans = all.filter(({ agent }) => agent === 'orphan');
        const joined = all.filter(({ agent }) => agent !== 'orphan');
        const without = (agents.data ?? []).filter((agent) => all.every(({ agentId }) => agentId !== agent.id));
        return (
          <>
            <h2>{text.agents}</h2>
            {joined.length + without.length === 0 && !agents.isPending && !agents.isError && (
              <EmptyState title={text.noAgents}>{text.noAgentsHelp}</EmptyState>
            )}
            {joined.length + without.length > 0 && (
              <List>
                {joined.map((one) => (
                  <CollectionRow key={one.agentId} id={id} connection={one} busy={isBusy(one)} />
                ))}
                {without.map((agent) => (
                  <LinkRow key={agent.id} href={`/servers/${id}/documents/${agent.id}`} emoji={agent.emoji ?? '🤖'}>
                    <bdi>{agent.name}</bdi>
                    <small>{text.noDocuments}</small>
                  </LinkRow>
                ))}
              </List>
            )}
            {agents.isError && <p className="hint under">{text.agentsUnknown}</p>}
            {orphans.length > 0 && (
              <>
                <h2>{text.orphans}</h2>
                <p className="hint under">{text.orphansHelp}</p>
                <List>
                  {orphans.map((one) => (
                    <CollectionRow key={one.agentId} id={id} connection={one} busy={isBusy(one)} />
                  ))}
                </List>
              </>
            )}
          </>
        );
      }}
    </Show>
  );
}

function Service({ health }: { health: RagHealth }) {
  const { running, version, memoryBytes, diskBytes, diskFreeBytes } = health;
  return (
    <>
      <h2>{text.service}</h2>
      <List>
        <FactRow name={text.state}>
          <StateWord tone={running ? 'good' : 'bad'}>{running ? text.running : text.stopped}</StateWord>
        </FactRow>
        {version !== null && (
          <FactRow name={text.version}>
            <bdi dir="ltr">{version}</bdi>
          </FactRow>
        )}
        {running && <FactRow name={text.memory}>{bytes(memoryBytes)}</FactRow>}
        {running && <FactRow name={text.disk}>{fill(text.diskOf, { used: bytes(diskBytes), free: bytes(diskFreeBytes) })}</FactRow>}
      </List>
    </>
  );
}
