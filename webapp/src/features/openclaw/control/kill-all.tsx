import { useState } from 'react';
import type { KillMode, KillVerdict } from '@clawmoor/shared/kill-switch.ts';
import type { Server } from '@clawmoor/shared/servers.ts';
import { useKillMany, useKillStates, useResumeMany } from '../../../api/control-queries.ts';
import { useServers } from '../../../api/queries.ts';
import { haptic } from '../../../telegram/controls.ts';
import { confirm } from '../../../telegram/popup.ts';
import { List } from '../../../ui/list.tsx';
import { EmptyState, Failed, Show, StateWord } from '../../../ui/parts.tsx';
import { Screen } from '../../../ui/screen.tsx';
import { Toggle } from '../../../ui/toggle.tsx';
import { control as text } from '../../../words/en/control.ts';
import { sentenceOf } from '../../../words/problems.ts';
import { plural } from '../../../words/words.ts';
import { ModeChoice } from './kill-server.tsx';

/** The emergency stop of several servers at once, with a verdict for each. */
export function KillAll() {
  const servers = useServers();
  const mine = servers.data?.filter(({ role }) => role !== 'viewer') ?? [];
  if (mine.length > 0) return <KillChosen servers={mine} />;
  return (
    <Screen title={text.killAllTitle}>
      <Show query={servers}>{() => <EmptyState title={text.noServers}>{text.noServersHelp}</EmptyState>}</Show>
    </Screen>
  );
}

function KillChosen({ servers }: { servers: readonly Server[] }) {
  const states = useKillStates(servers.map(({ id }) => id));
  const [left, setLeft] = useState<readonly string[]>([]);
  const [mode, setMode] = useState<KillMode>('pause');
  const kill = useKillMany();
  const resume = useResumeMany();
  const busy = kill.isPending || resume.isPending;
  const stateOf = (id: string) => states[servers.findIndex((server) => server.id === id)]?.data?.state;
  const chosen = servers.map(({ id }) => id).filter((id) => !left.includes(id) && stateOf(id) === 'running');
  const held = servers.map(({ id }) => id).filter((id) => !['running', undefined].includes(stateOf(id)));
  const verdicts = (kill.data ?? resume.data)?.verdicts ?? [];
  const tell = { onSuccess: () => haptic('success') };
  const stop = async (): Promise<void> => {
    if (!(await confirm(plural(text.stopManyAsk, chosen.length), text.stop))) return;
    resume.reset();
    kill.mutate({ serverIds: chosen, mode }, tell);
  };
  const goOn = (): void => {
    kill.reset();
    resume.mutate(held, tell);
  };
  return (
    <Screen
      title={text.killAllTitle}
      main={
        chosen.length > 0 || held.length === 0
          ? {
              text: busy ? text.stopping : plural(text.stopMany, chosen.length),
              press: () => void stop(),
              busy,
              disabled: chosen.length === 0,
              reason: text.chooseOne,
            }
          : undefined
      }
    >
      <p className="card">{text.killAllHelp}</p>
      <ModeChoice mode={mode} choose={setMode} />
      <h2>{text.servers}</h2>
      <List>
        {servers.map(({ id, name }) => (
          <li key={id}>
            {stateOf(id) === undefined || stateOf(id) === 'running' ? (
              <Toggle
                label={name}
                checked={!left.includes(id)}
                onChange={(on) => setLeft((before) => (on ? before.filter((one) => one !== id) : [...before, id]))}
              />
            ) : (
              <p className="row">
                <bdi className="grow">{name}</bdi>
                <StateWord tone="bad">{text.killStates[stateOf(id) ?? 'stopped']}</StateWord>
              </p>
            )}
          </li>
        ))}
      </List>
      {held.length > 0 && (
        <button type="button" className="button wide plain" disabled={busy} aria-busy={resume.isPending} onClick={goOn}>
          {plural(text.resumeMany, held.length)}
        </button>
      )}
      <div role="status">
        {verdicts.map((verdict) => (
          <Verdict
            key={verdict.serverId}
            verdict={verdict}
            name={servers.find(({ id }) => id === verdict.serverId)?.name ?? verdict.serverId}
          />
        ))}
      </div>
      {kill.isError && <Failed error={kill.error} />}
      {resume.isError && <Failed error={resume.error} />}
    </Screen>
  );
}

function Verdict({ verdict: { ok, code, message, fix, state }, name }: { verdict: KillVerdict; name: string }) {
  const said = ok ? undefined : sentenceOf({ code: code ?? '', message: message ?? '', fix: fix ?? undefined });
  return (
    <div className={ok ? 'notice' : 'notice bad'}>
      <strong>
        <bdi>{name}</bdi>
      </strong>
      {said ? `${said.message}. ${said.fix ?? ''}` : text.killStates[state?.state ?? 'running']}
    </div>
  );
}
