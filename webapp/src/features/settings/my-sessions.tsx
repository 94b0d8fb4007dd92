import type * as z from 'zod/mini';
import type { Session as SessionSchema } from '@clawmoor/shared/me.ts';
import { useEndOtherSessions, useEndSession, useSessions } from '../../api/me-queries.ts';
import { haptic } from '../../telegram/controls.ts';
import { confirm } from '../../telegram/popup.ts';
import { List } from '../../ui/list.tsx';
import { Failed, Show } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { mySessions as text } from '../../words/en/my-sessions.ts';
import { when } from '../../words/when.ts';
import { ago, fill, plural } from '../../words/words.ts';

type Session = z.output<typeof SessionSchema>;

/** Every place where the person is signed in. There is always one, the one that asks: this list has no empty face. */
export function MySessions() {
  const sessions = useSessions();
  const end = useEndSession();
  const endOthers = useEndOtherSessions();
  const others = sessions.data?.filter(({ current }) => !current).length ?? 0;
  const askForOne = async (session: Session): Promise<void> => {
    if (await confirm(fill(text.endAsk, { device: deviceOf(session) }), text.end))
      end.mutate(session.id, { onSuccess: () => haptic('success') });
  };
  const askForAll = async (): Promise<void> => {
    if (await confirm(plural(text.othersAsk, others), text.others)) endOthers.mutate(undefined, { onSuccess: () => haptic('success') });
  };
  const failure = end.error ?? endOthers.error;
  return (
    <Screen
      title={text.title}
      main={others > 0 ? { text: text.others, press: () => void askForAll(), busy: endOthers.isPending } : undefined}
    >
      <p>{text.intro}</p>
      {failure !== null && <Failed error={failure} />}
      <Show query={sessions}>
        {(all) => (
          <>
            <List>
              {all.map((session) => (
                <li key={session.id} className="row">
                  <span className="grow">
                    {deviceOf(session)} {session.current && <span className="tag">{text.current}</span>}
                    <small>
                      {fill(text.used, { time: ago(session.lastUsedAt) })}, {fill(text.since, { time: when(session.createdAt) })}
                    </small>
                    {session.ip !== null && (
                      <small>
                        <bdi dir="ltr">{session.ip}</bdi>
                      </small>
                    )}
                  </span>
                  {!session.current && (
                    <button type="button" className="button danger small" disabled={end.isPending} onClick={() => void askForOne(session)}>
                      {text.end}
                    </button>
                  )}
                </li>
              ))}
            </List>
            {all.length === 1 && <p className="hint under">{text.alone}</p>}
          </>
        )}
      </Show>
    </Screen>
  );
}

const SYSTEMS = [/iPhone/, /iPad/, /Android/, /Windows/, /Macintosh/, /CrOS/, /Linux/];
const BROWSERS = [/Telegram/, /Firefox/, /Edg/, /OPR/, /YaBrowser/, /Chrome/, /Safari/];
const NAMES: Record<string, string> = { Macintosh: 'Mac', CrOS: 'ChromeOS', Edg: 'Edge', OPR: 'Opera', YaBrowser: 'Yandex' };

/** "Chrome, Android": what the browser says of itself, as far as it names something that people know. */
function deviceOf({ userAgent }: Session): string {
  const found = [BROWSERS, SYSTEMS].map((known) => known.map((name) => name.exec(userAgent ?? '')?.[0]).find((name) => name !== undefined));
  const named = found.filter((name) => name !== undefined).map((name) => NAMES[name] ?? name);
  return named.length > 0 ? named.join(', ') : text.unknown;
}
