import { useContext, useEffect, useSyncExternalStore, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import { offline, subscribeToConnection } from '../api/connection.ts';
import { goBack } from '../app/location.ts';
import { Parent } from '../app/parent.ts';
import { hasBackButton, hasMainButton, hideKeyboard, useBackButton, useMainButton, type MainAction } from '../telegram/controls.ts';
import { confirm } from '../telegram/popup.ts';
import { ago, fill, words } from '../words/words.ts';
import { Icon } from './icon.tsx';

export interface ScreenProps {
  title: string;
  /** Where "back" leads, when the table of screens cannot say it. */
  back?: string;
  main?: MainAction | undefined;
  /** At the end of the title's line. */
  aside?: ReactNode;
  /** Asked before the screen is left; `undefined` while there is nothing to lose. */
  leave?: { question: string; action: string } | undefined;
  children: ReactNode;
}

/** A page: title, way back, content, and its one main action (Telegram's own button there, ours elsewhere). */
export function Screen({ title, back, main: wanted, aside, leave, children }: ScreenProps) {
  const [, go] = useLocation();
  const tableParent = useContext(Parent);
  const parent = back ?? tableParent;
  const lostSince = useSyncExternalStore(subscribeToConnection, offline);
  const main = wanted && actionWhile(wanted, lostSince !== undefined);
  const step = async (): Promise<void> => {
    if (parent === undefined || (leave && !(await confirm(leave.question, leave.action)))) return;
    goBack(parent, go);
  };
  useBackButton(parent === undefined ? undefined : () => void step());
  useMainButton(main);
  useEffect(() => {
    document.title = `${title} · ${words.app.name}`;
  }, [title]);
  useEffect(() => {
    // Braces: newer browsers answer a promise, which React would take for a clean-up.
    window.scrollTo(0, 0);
  }, []);
  return (
    <main className={main && !hasMainButton ? 'screen with-bottom' : 'screen'}>
      <header className="bar">
        {parent !== undefined && !hasBackButton && (
          <button type="button" className="icon-button back" aria-label={words.app.back} onClick={() => void step()}>
            <Icon name="back" />
          </button>
        )}
        <h1>
          <bdi>{title}</bdi>
        </h1>
        {aside}
      </header>
      {lostSince !== undefined && (
        <p className="notice warn" role="status">
          {fill(words.app.offline, { time: ago(lostSince) })}
        </p>
      )}
      {children}
      {main?.reason !== undefined && main.disabled === true && <p className="hint reason">{main.reason}</p>}
      {main && !hasMainButton && (
        <div className="bottom">
          <button
            type="button"
            className="button"
            disabled={main.disabled === true || main.busy === true}
            aria-busy={main.busy === true}
            onClick={main.press}
          >
            {main.text}
          </button>
        </div>
      )}
    </main>
  );
}

/** Without a connection an action is disabled and says why; a press puts the keyboard away, so that its result can be seen. */
function actionWhile(action: MainAction, lost: boolean): MainAction {
  const press = (): void => {
    hideKeyboard();
    action.press();
  };
  return lost ? { ...action, press, disabled: true, reason: words.app.offlineAction } : { ...action, press };
}
