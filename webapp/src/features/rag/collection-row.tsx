import type { RagConnection } from '@clawmoor/shared/rag-agents.ts';
import { LinkRow } from '../../ui/list.tsx';
import { StateWord } from '../../ui/parts.tsx';
import { rag as text } from '../../words/en/rag.ts';
import { plural } from '../../words/words.ts';
import '../../ui/row-problem.css';

/** A collection in a list: whose, how much, and whether its agent searches it. */
export function CollectionRow({ id, connection, busy }: { id: string; connection: RagConnection; busy: boolean }) {
  const { agentId, name, agent, files, states, skill, broken } = connection;
  return (
    <LinkRow
      href={`/servers/${id}/documents/${encodeURIComponent(agentId)}`}
      emoji={agent === 'orphan' ? '📦' : '🤖'}
      end={
        busy ? (
          <StateWord tone="warn">{text.reading}</StateWord>
        ) : (
          agent !== 'orphan' && (
            <StateWord tone={skill.enabled ? 'good' : 'idle'}>{skill.enabled ? text.searchOn : text.searchOff}</StateWord>
          )
        )
      }
    >
      <bdi>{name ?? agentId}</bdi>
      <small>
        {[plural(text.documents, files), states.failed > 0 && plural(text.failedCount, states.failed)].filter(Boolean).join(' · ')}
      </small>
      {broken !== null && <small className="bad">{broken}</small>}
    </LinkRow>
  );
}
