import { useEffect, useState } from 'react';
import type { Approval } from '@clawmoor/shared/approvals.ts';
import { useApprovals, useWatchApprovals } from '../../api/approval-queries.ts';
import { haptic } from '../../telegram/controls.ts';
import { LinkRow, List } from '../../ui/list.tsx';
import { EmptyState, Failed, Show } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { Toggle } from '../../ui/toggle.tsx';
import { useNow } from '../../ui/use-now.ts';
import { approvals as text } from '../../words/en/approvals.ts';
import { control } from '../../words/en/control.ts';
import { sentenceOf } from '../../words/problems.ts';
import { plural } from '../../words/words.ts';
import { ApprovalCard, type Answer } from './approval-card.tsx';

const LOOK_AGAIN_MS = 3_000;
const HOME_LOOKS_AGAIN_MS = 20_000;
const CLOCK_MS = 15_000;

type Inbox = NonNullable<ReturnType<typeof useApprovals>['data']>;

/** The commands that wait on all servers; `approvalId` is the one that a link names. */
export function Approvals({ approvalId }: { approvalId?: string }) {
  const inbox = useApprovals(LOOK_AGAIN_MS);
  return (
    <Screen title={text.title}>
      <Show
        query={inbox}
        empty={{
          when: ({ servers }) => servers.length === 0,
          face: <EmptyState title={text.noServers}>{text.noServersHelp}</EmptyState>,
        }}
      >
        {(known) => (
          <>
            <Commands inbox={known} named={approvalId} />
            <h2>{text.servers}</h2>
            {known.servers.map((server) => (
              <Watched key={server.serverId} server={server} />
            ))}
          </>
        )}
      </Show>
    </Screen>
  );
}

/** What has been answered stays, with its answer, until the screen is left: nothing vanishes under a finger. */
function Commands({ inbox: { approvals, servers }, named }: { inbox: Inbox; named: string | undefined }) {
  const [seen, setSeen] = useState<readonly Approval[]>(approvals);
  const [answers, setAnswers] = useState<Record<string, Answer>>({});
  const now = useNow(CLOCK_MS);
  useEffect(() => setSeen((before) => [...before, ...approvals.filter(({ id }) => !before.some((known) => known.id === id))]), [approvals]);
  const nameOf = (id: string): string => servers.find(({ serverId }) => serverId === id)?.name ?? id;
  const waiting = approvals.filter(({ id }) => answers[id] === undefined);
  return (
    <>
      {named !== undefined && !seen.some(({ id }) => id === named) && (
        <p className="notice warn" role="status">
          {text.linkGone}
        </p>
      )}
      <p className={waiting.length === 0 ? 'visually-hidden' : 'hint under'} role="status">
        {waiting.length === 0 ? text.empty : plural(text.waiting, waiting.length)}
      </p>
      {seen.length === 0 && <EmptyState title={text.empty}>{text.emptyHelp}</EmptyState>}
      {seen
        .toSorted((a, b) => Number(b.id === named) - Number(a.id === named))
        .map((approval) => (
          <ApprovalCard
            key={`${approval.serverId} ${approval.id}`}
            approval={approval}
            serverName={nameOf(approval.serverId)}
            named={approval.id === named}
            now={now}
            gone={!approvals.some(({ id }) => id === approval.id)}
            answer={answers[approval.id]}
            answered={(answer) => setAnswers((before) => ({ ...before, [approval.id]: answer }))}
          />
        ))}
    </>
  );
}

const HELP = { off: 'watchOff', connecting: 'watchConnecting', connected: 'watchOn' } as const;

function Watched({ server }: { server: Inbox['servers'][number] }) {
  const watch = useWatchApprovals(server.serverId);
  const trouble = server.ok ? undefined : sentenceOf({ code: server.code ?? '', message: server.message ?? '' });
  const change = (enabled: boolean): void => watch.mutate(enabled, { onSuccess: () => haptic('success') });
  return (
    <section className="card" aria-label={server.name}>
      <strong>
        <bdi>{server.name}</bdi>
      </strong>
      {trouble && <p className="warn">{trouble.message}</p>}
      <Toggle
        label={text.watch}
        help={text[HELP[server.watch]]}
        checked={watch.isPending ? watch.variables : server.watch !== 'off'}
        disabled={watch.isPending}
        onChange={change}
      />
      {watch.isError && <Failed error={watch.error} />}
    </section>
  );
}

/** On the home screen: how many commands wait for an answer, where somebody may answer at all. Here, so that it shares the screen's file. */
export function WaitingApprovals() {
  const { data } = useApprovals(HOME_LOOKS_AGAIN_MS);
  if (!data || data.servers.length === 0) return null;
  const count = data.approvals.length;
  return (
    <List>
      <LinkRow href="/approvals" end={count > 0 && <span className="tag busy">{count}</span>}>
        {text.title}
        <small role="status">{count === 0 ? text.empty : plural(text.waiting, count)}</small>
      </LinkRow>
      <LinkRow href="/stop">{control.killAllTitle}</LinkRow>
    </List>
  );
}
