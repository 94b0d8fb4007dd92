import type { Task } from '@clawmoor/shared/tasks.ts';
import { FactRow, LinkRow, List } from '../ui/list.tsx';
import { StateWord } from '../ui/parts.tsx';
import { StepTimeline } from '../ui/step-timeline.tsx';
import { TaskRow } from '../ui/task-row.tsx';
import { Topology } from '../ui/topology.tsx';

const AT = '2026-11-24T12:00:00.000Z';
const TASK: Task = {
  id: 'tsk_kit',
  type: 'setup.run',
  serverId: 'srv_kit',
  lane: 'system',
  state: 'running',
  stopping: false,
  steps: [],
  progress: { done: 1, total: 4 },
  createdBy: { id: '1', firstName: 'Olga' },
  createdAt: AT,
  startedAt: AT,
  finishedAt: null,
  error: null,
  secretsNeeded: [],
  retryOf: null,
};

/** Rows, steps and trees. */
export const Lists = () => (
  <>
    <h2>Rows</h2>
    <List>
      <LinkRow href="/ui.html" icon="agents" end={<StateWord tone="good">running</StateWord>}>
        Agents
        <small>Who answers</small>
      </LinkRow>
      <LinkRow href="/ui.html" emoji="🦀">
        <bdi>Pinchy</bdi>
      </LinkRow>
      <TaskRow task={TASK} />
      <FactRow name="Model">
        <bdi dir="ltr">anthropic/claude-opus-4-5</bdi>
      </FactRow>
    </List>
    <details className="card">
      <summary>Folded</summary>
      <p>What is seldom needed.</p>
    </details>
    <h2>Steps</h2>
    <section className="card">
      <StepTimeline
        steps={[
          { key: '1', title: 'Check the server', look: 'done', state: 'done', aside: '0:02' },
          { key: '2', title: 'Install Node.js', look: 'failed', state: 'failed', aside: '0:21', more: 'The registry was not reached' },
          { key: '3', title: 'Install OpenClaw', look: 'running', state: 'running', aside: '0:04' },
          { key: '4', title: 'Configure it', look: 'stopped', state: 'stopped' },
          { key: '5', title: 'Keep it running', look: 'waiting', state: 'waiting' },
        ]}
      />
      <progress max={5} value={2} aria-label="Steps" />
      <progress className="bad" max={5} value={5} aria-label="Over the limit" />
      <span className="spinner" aria-hidden="true" />
    </section>
    <h2>How it hangs together</h2>
    <section className="card">
      <Topology
        root={{
          key: 'server',
          name: 'Harbour',
          icon: 'server',
          tone: 'good',
          state: 'online',
          children: [
            {
              key: 'gateway',
              name: 'Gateway',
              icon: 'plug',
              tone: 'warn',
              state: 'connecting',
              children: [{ key: 'agent', name: 'Pinchy', icon: 'agents', tone: 'good', state: 'its own model' }],
            },
          ],
        }}
      />
    </section>
  </>
);
