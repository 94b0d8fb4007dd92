import type { AgentFile } from '@clawmoor/shared/openclaw-agents.ts';
import { useAgentFiles } from '../../api/agent-queries.ts';
import { bytes } from '../../ui/bytes.ts';
import { LinkRow, List } from '../../ui/list.tsx';
import { EmptyState, Show } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { DRAWN } from '../../ui/shapes.ts';
import { files as text } from '../../words/en/files.ts';
import { inPath } from '../../ui/in-path.ts';
import { ago, fill } from '../../words/words.ts';

/** The files that make an agent who it is. */
export function AgentFiles({ id, agentId }: { id: string; agentId: string }) {
  const files = useAgentFiles(id, agentId);
  return (
    <Screen title={text.title}>
      <Show query={files} empty={{ when: (all) => all.length === 0, face: <EmptyState title={text.empty}>{text.emptyHelp}</EmptyState> }}>
        {(all) => (
          <List>
            {all.map((file) => (
              <LinkRow key={file.name} href={`/servers/${id}/agents/${agentId}/files/${inPath(file.name)}`} icon={DRAWN.file}>
                <bdi dir="ltr">{file.name}</bdi>
                <small>{aboutOf(file)}</small>
              </LinkRow>
            ))}
          </List>
        )}
      </Show>
    </Screen>
  );
}

function aboutOf({ name, missing, size, updatedAt }: AgentFile): string {
  const about: Record<string, string | undefined> = text.about;
  const state = missing
    ? text.missing
    : [size === null ? '' : bytes(size), updatedAt === null ? '' : fill(text.changed, { time: ago(updatedAt) })].filter(Boolean).join(', ');
  return [about[name], state].filter(Boolean).join(' · ');
}
