import { useState } from 'react';
import type { KillMode, KillState } from '@clawmoor/shared/kill-switch.ts';
import { useKill, useKillState, useResume } from '../../../api/control-queries.ts';
import { useServer } from '../../../api/server-queries.ts';
import { haptic, type MainAction } from '../../../telegram/controls.ts';
import { confirm } from '../../../telegram/popup.ts';
import { Choice } from '../../../ui/field.tsx';
import { Failed, Show } from '../../../ui/parts.tsx';
import { Screen } from '../../../ui/screen.tsx';
import { control as text } from '../../../words/en/control.ts';
import { KillStateCard } from './kill-state.tsx';

/** The emergency stop of one server, and the way back. */
export function KillServer({ id }: { id: string }) {
  const state = useKillState(id);
  const mayStop = useServer(id).data?.role !== 'viewer';
  const [mode, setMode] = useState<KillMode>('pause');
  const kill = useKill(id);
  const resume = useResume(id);
  const stop = async (): Promise<void> => {
    if (await confirm(text.stopAsk[mode], text.stop)) kill.mutate(mode, { onSuccess: () => haptic('success') });
  };
  return (
    <Screen
      title={text.killTitle}
      main={
        state.data && mayStop
          ? actionFor(state.data, {
              busy: kill.isPending || resume.isPending,
              stop: () => void stop(),
              resume: () => resume.mutate(undefined, { onSuccess: () => haptic('success') }),
            })
          : undefined
      }
    >
      <Show query={state}>
        {(known) => (
          <>
            <KillStateCard state={known} />
            {known.state === 'running' && mayStop && <ModeChoice mode={mode} choose={setMode} />}
          </>
        )}
      </Show>
      {kill.isError && <Failed error={kill.error} />}
      {resume.isError && <Failed error={resume.error} />}
    </Screen>
  );
}

interface Presses {
  busy: boolean;
  stop: () => void;
  resume: () => void;
}

function actionFor({ state }: KillState, { busy, stop, resume }: Presses): MainAction {
  if (state === 'running') return { text: busy ? text.stopping : text.stop, press: stop, busy };
  // What was begun and not finished is asked for again.
  if (state === 'stopping') return { text: text.stopAgain, press: stop, busy };
  return { text: busy ? text.resuming : text.resume, press: resume, busy };
}

export function ModeChoice({ mode, choose }: { mode: KillMode; choose: (mode: KillMode) => void }) {
  return (
    <Choice<KillMode>
      legend={text.how}
      value={mode}
      onChange={choose}
      options={(['pause', 'service'] as const).map((value) => ({ value, label: text.modes[value], help: text.modeHelp[value] }))}
    />
  );
}
