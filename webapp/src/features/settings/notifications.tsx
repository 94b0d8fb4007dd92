import { useState } from 'react';
import { NOTICE_KINDS, type NoticeKind } from '@clawmoor/shared/notice.ts';
import type { ChangedNotificationPrefs, NotificationPrefs } from '@clawmoor/shared/me.ts';
import { usePrefs } from '../../api/me-queries.ts';
import { useServers } from '../../api/queries.ts';
import { isTelegram } from '../../telegram/bridge.ts';
import { askToWrite, botMayWrite, canAskToWrite } from '../../telegram/write-access.ts';
import { List } from '../../ui/list.tsx';
import { Failed, Show } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { Toggle } from '../../ui/toggle.tsx';
import { notifications as text } from '../../words/en/notifications.ts';
import { QuietHoursPart } from './quiet-hours.tsx';

const GROUPS: Record<keyof typeof text.groups, readonly NoticeKind[]> = {
  machine: ['unreachable', 'gateway_down', 'crash_loop', 'disk', 'memory', 'out_of_memory', 'host_key'],
  agent: ['approval', 'model_auth', 'budget', 'channel', 'cron', 'stuck_session'],
  // Whatever kind comes new stands here until it has a better place.
  work: [],
};
const placed = new Set(Object.values(GROUPS).flat());
const kindsOf = (group: keyof typeof GROUPS): readonly NoticeKind[] =>
  group === 'work' ? NOTICE_KINDS.filter((kind) => !placed.has(kind)) : GROUPS[group];

/** What the bot writes to the person about, and when. */
export function Notifications() {
  const { prefs, error, withPending, change } = usePrefs();
  return (
    <Screen title={text.title}>
      <p>{text.intro}</p>
      <Show query={prefs}>
        {(stored) => (
          <>
            {error !== null && <Failed error={error} />}
            <Switches prefs={withPending(stored)} change={change} />
          </>
        )}
      </Show>
    </Screen>
  );
}

interface SwitchesProps {
  prefs: NotificationPrefs;
  change: (change: ChangedNotificationPrefs) => void;
}

function Switches({ prefs, change }: SwitchesProps) {
  const [access, setAccess] = useState<'unknown' | 'allowed' | 'refused'>('unknown');
  const ask = async (): Promise<void> => setAccess((await askToWrite()) ? 'allowed' : 'refused');
  const mute = (muted: boolean): void => {
    change({ muted });
    // In context: who switches messages on wants them to arrive.
    if (!muted && canAskToWrite && !botMayWrite()) void ask();
  };
  return (
    <>
      {isTelegram && !botMayWrite() && (
        <section className="notice warn">
          <strong>{text.mayNot}</strong>
          <p role="status">{access === 'refused' ? text.refused : canAskToWrite ? text.mayNotHelp : text.mayNotOld}</p>
          {canAskToWrite && (
            <button type="button" className="button plain" onClick={() => void ask()}>
              {text.allow}
            </button>
          )}
        </section>
      )}
      {access === 'allowed' && (
        <p className="notice" role="status">
          {text.allowed}
        </p>
      )}
      <List>
        <li>
          <Toggle label={text.mute} help={prefs.muted ? text.muted : text.muteHelp} checked={prefs.muted} onChange={mute} />
        </li>
      </List>
      <QuietHoursPart quietHours={prefs.quietHours} change={(quietHours) => change({ quietHours })} />
      {(Object.keys(GROUPS) as (keyof typeof GROUPS)[]).map((group) => (
        <section key={group}>
          <h2>{text.groups[group]}</h2>
          <List>
            {kindsOf(group).map((kind) => (
              <li key={kind}>
                <Toggle
                  label={text.kinds[kind]}
                  checked={prefs.kinds[kind] ?? true}
                  onChange={(wanted) => change({ kinds: { [kind]: wanted } })}
                />
              </li>
            ))}
          </List>
        </section>
      ))}
      <MutedServers prefs={prefs} change={change} />
    </>
  );
}

function MutedServers({ prefs, change }: SwitchesProps) {
  const servers = useServers();
  const { mutedServers } = prefs;
  const set = (id: string, heard: boolean): void =>
    change({ mutedServers: heard ? mutedServers.filter((other) => other !== id) : [...mutedServers, id] });
  return (
    <section>
      <h2>{text.server}</h2>
      <Show query={servers} rows={1} empty={{ when: (all) => all.length === 0, face: <p className="card hint">{text.noServers}</p> }}>
        {(all) => (
          <>
            <List>
              {all.map(({ id, name }) => (
                <li key={id}>
                  <Toggle label={name} checked={!mutedServers.includes(id)} onChange={(heard) => set(id, heard)} />
                </li>
              ))}
            </List>
            <p className="hint under">{text.serverHelp}</p>
          </>
        )}
      </Show>
    </section>
  );
}
