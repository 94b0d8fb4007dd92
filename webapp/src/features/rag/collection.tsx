import { useState } from 'react';
import { Link } from 'wouter';
import type { RagConnection, RagVia } from '@clawmoor/shared/rag-agents.ts';
import { useAgents } from '../../api/openclaw-queries.ts';
import { isBusy, useConnections, useRagFiles, useRagHealth, useSetSearch } from '../../api/rag-queries.ts';
import { useServer } from '../../api/server-queries.ts';
import { useTasks } from '../../api/task-queries.ts';
import { LinkRow, List } from '../../ui/list.tsx';
import { LiveTask, openTask } from '../tasks/live-task.tsx';
import { EmptyState, Failed, Show } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { Toggle } from '../../ui/toggle.tsx';
import { rag as text } from '../../words/en/rag.ts';
import { ragCollection } from '../../words/en/rag-collection.ts';
import { fill } from '../../words/words.ts';
import { AddDocuments } from './add-documents.tsx';
import { DocumentList } from './document-list.tsx';
import { EmbeddingForm } from './embedding-form.tsx';
import { ReadingProgress } from './reading-progress.tsx';

/** The documents of one agent. Without a collection it is begun here. */
export function CollectionPage({ id, agentId }: { id: string; agentId: string }) {
  const health = useRagHealth(id);
  const connections = useConnections(id);
  const agents = useAgents(id);
  const role = useServer(id).data?.role;
  const mayChange = role !== undefined && role !== 'viewer';
  const connection = connections.data?.find((one) => one.agentId === agentId);
  const name = connection?.name ?? agents.data?.find((agent) => agent.id === agentId)?.name ?? agentId;
  return (
    <Screen title={name}>
      {role === 'viewer' && <p className="hint under">{text.onlyAdmins}</p>}
      {health.data?.installed === false ? (
        <EmptyState
          title={text.none}
          action={
            <Link href={`/servers/${id}/documents`} className="button">
              {text.title}
            </Link>
          }
        >
          {text.noneHelp}
        </EmptyState>
      ) : (
        <Show query={connections}>
          {() =>
            connection ? (
              <Collection id={id} connection={connection} mayChange={mayChange} />
            ) : (
              <>
                <p className="card">{ragCollection.beginHelp}</p>
                {mayChange && <EmbeddingForm id={id} agentId={agentId} before={undefined} />}
              </>
            )
          }
        </Show>
      )}
    </Screen>
  );
}

function Collection({ id, connection, mayChange }: { id: string; connection: RagConnection; mayChange: boolean }) {
  const { agentId, agent, broken } = connection;
  const home = `/servers/${id}/documents/${encodeURIComponent(agentId)}`;
  const files = useRagFiles(id, agentId, broken === null);
  const task = openTask(useTasks(id).data, ({ lane }) => lane === `rag:${agentId}` || lane === `rag-index:${agentId}`);
  if (broken !== null) return <p className="notice bad">{fill(text.broken, { why: broken })}</p>;
  return (
    <>
      {agent === 'orphan' && <p className="notice warn">{text.orphanHelp}</p>}
      {task && <LiveTask key={task.id} task={task} mayStop={mayChange} stopHelp={text.stopHelp} />}
      {isBusy(connection) && <ReadingProgress connection={connection} />}
      {agent !== 'orphan' && mayChange && <Searches id={id} connection={connection} busy={task !== undefined} />}
      <List>
        {connection.files > 0 && (
          <LinkRow href={`${home}/ask`} icon="search">
            {text.ask}
            <small>{text.askHelp}</small>
          </LinkRow>
        )}
        {mayChange && (
          <LinkRow href={`${home}/settings`} icon="settings">
            {text.settings}
          </LinkRow>
        )}
      </List>
      <h2>{text.title}</h2>
      <DocumentList files={files} home={home} />
      {mayChange && agent !== 'orphan' && <AddDocuments id={id} agentId={agentId} first={connection.files === 0} />}
    </>
  );
}

function Searches({ id, connection: { agentId, skill }, busy }: { id: string; connection: RagConnection; busy: boolean }) {
  const set = useSetSearch(id, agentId);
  // Until the task has come to its end the switch shows what is wanted.
  const [wanted, setWanted] = useState<boolean>();
  const running = busy || set.isPending;
  const change = (to: RagVia | undefined): void => {
    setWanted(to !== undefined);
    set.mutate(to, { onError: () => setWanted(undefined) });
  };
  const help = skill.via === 'command' ? text.usesCommand : text.usesHelp;
  return (
    <section className="card">
      <Toggle
        label={text.uses}
        help={running && wanted !== undefined ? text.changing : help}
        checked={running && wanted !== undefined ? wanted : skill.enabled}
        disabled={running}
        onChange={(on) => change(on ? 'plugin' : undefined)}
      />
      {!running && !skill.enabled && (
        <>
          <button type="button" className="button plain wide" onClick={() => change('command')}>
            {text.withoutPlugin}
          </button>
          <p className="hint under">{text.withoutPluginHelp}</p>
        </>
      )}
      {set.isError && <Failed error={set.error} />}
    </section>
  );
}
