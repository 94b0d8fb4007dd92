import { useState } from 'react';
import { useLocation } from 'wouter';
import type { RagConnection } from '@clawmoor/shared/rag-agents.ts';
import { useConnections, useDeleteCollection, useDisconnect, useReindex } from '../../api/rag-queries.ts';
import { useTasks } from '../../api/task-queries.ts';
import { haptic } from '../../telegram/controls.ts';
import { confirm } from '../../telegram/popup.ts';
import { download } from '../../ui/download.ts';
import { LiveTask, openTask } from '../tasks/live-task.tsx';
import { EmptyState, Failed, Show } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { useSheet } from '../../ui/sheet.tsx';
import { TypeName } from '../../ui/type-name.tsx';
import { rag } from '../../words/en/rag.ts';
import { ragCollection as text } from '../../words/en/rag-collection.ts';
import { EmbeddingForm } from './embedding-form.tsx';
import { ImportCollection } from './import-collection.tsx';

/** How a collection is read; taking it along, and ending it. */
export function CollectionSettings({ id, agentId }: { id: string; agentId: string }) {
  const connections = useConnections(id);
  const task = openTask(useTasks(id).data, ({ lane }) => lane === `rag:${agentId}` || lane === `rag-index:${agentId}`);
  return (
    <Screen title={text.settings}>
      {task && <LiveTask key={task.id} task={task} mayStop stopHelp={rag.stopHelp} />}
      <Show query={connections}>
        {(all) => {
          const connection = all.find((one) => one.agentId === agentId);
          if (!connection) return <EmptyState title={rag.empty}>{rag.emptyHelp}</EmptyState>;
          return (
            <>
              {connection.broken === null && connection.agent !== 'orphan' && (
                <EmbeddingForm id={id} agentId={agentId} before={connection} />
              )}
              {connection.broken === null && <Contents id={id} connection={connection} busy={task !== undefined} />}
              <End id={id} connection={connection} />
            </>
          );
        }}
      </Show>
    </Screen>
  );
}

function Contents({ id, connection: { agentId, files }, busy }: { id: string; connection: RagConnection; busy: boolean }) {
  const reindex = useReindex(id, agentId);
  const [saving, setSaving] = useState<{ busy?: true; done?: true; error?: unknown }>({});
  const save = (): void => {
    setSaving({ busy: true });
    download(`/servers/${id}/rag/agents/${encodeURIComponent(agentId)}/export`, `documents-${agentId}.tar.gz`).then(
      () => setSaving({ done: true }),
      (error: unknown) => setSaving({ error }),
    );
  };
  const again = async (): Promise<void> => {
    if (await confirm(text.reindexFullAsk, text.reindexFull)) reindex.mutate(true);
  };
  if (files === 0) return <ImportCollection id={id} agentId={agentId} />;
  return (
    <>
      <h2>{rag.title}</h2>
      <button type="button" className="button plain wide" disabled={busy || reindex.isPending} onClick={() => reindex.mutate(false)}>
        {text.reindex}
      </button>
      <p className="hint under">{text.reindexHelp}</p>
      <button type="button" className="button plain wide" disabled={busy || reindex.isPending} onClick={() => void again()}>
        {text.reindexFull}
      </button>
      {reindex.isError && <Failed error={reindex.error} />}
      <button type="button" className="button plain wide" disabled={saving.busy === true} aria-busy={saving.busy === true} onClick={save}>
        {text.export}
      </button>
      <p className="hint under" role="status">
        {saving.done ? text.exported : text.exportHelp}
      </p>
      {saving.error !== undefined && <Failed error={saving.error} />}
    </>
  );
}

function End({ id, connection: { agentId, name, agent } }: { id: string; connection: RagConnection }) {
  const disconnect = useDisconnect(id, agentId);
  const remove = useDeleteCollection(id, agentId);
  const sheet = useSheet('remove');
  const [, go] = useLocation();
  const ask = async (): Promise<void> => {
    if (await confirm(text.disconnectAsk, text.disconnect)) disconnect.mutate(undefined, { onSuccess: () => haptic('success') });
  };
  const removed = async (): Promise<void> => {
    haptic('success');
    await sheet.hide();
    go(`/servers/${id}/documents`, { replace: true });
  };
  return (
    <>
      {agent !== 'orphan' && (
        <button
          type="button"
          className="button plain wide"
          disabled={disconnect.isPending}
          aria-busy={disconnect.isPending}
          onClick={() => void ask()}
        >
          {text.disconnect}
        </button>
      )}
      {disconnect.isError && <Failed error={disconnect.error} />}
      {disconnect.isSuccess && <p role="status">{text.disconnected}</p>}
      <button type="button" className="button danger wide" onClick={sheet.show}>
        {text.removeAll}
      </button>
      <TypeName
        sheet={sheet}
        action={text.removeAll}
        help={text.removeHelp}
        name={name ?? agentId}
        busy={remove.isPending}
        error={remove.error}
        confirm={() => remove.mutate(undefined, { onSuccess: () => void removed() })}
      />
    </>
  );
}
