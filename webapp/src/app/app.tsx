import { useEffect, useState, useSyncExternalStore } from 'react';
import { Route, Router, Switch, useLocation } from 'wouter';
import { sessionState, subscribeToSession } from '../api/session.ts';
import { ServerList } from '../features/servers/server-list.tsx';
import { SignIn } from '../features/sign-in/sign-in.tsx';
import { SessionOver } from '../features/sign-in/session-over.tsx';
import { startParam } from '../telegram/bridge.ts';
import { ready, useSettingsButton } from '../telegram/controls.ts';
import { followChosenLanguage, subscribeToWords, wordsVersion } from '../words/language.ts';
import { loadProblems } from '../words/problems.ts';
import { screenOf } from './deep-link.ts';
import { useAppLocation } from './location.ts';
import { Parent } from './parent.ts';
import { fillPath, preloadScreens, SCREENS } from './screens.tsx';

export function App() {
  const session = useSyncExternalStore(subscribeToSession, sessionState);
  const version = useSyncExternalStore(subscribeToWords, wordsVersion);
  useEffect(ready, []);
  useEffect(() => void followChosenLanguage(), []);
  useEffect(() => void loadProblems(), [version]);
  return (
    <Router hook={useAppLocation}>
      {session.kind === 'out' ? (
        <SignIn />
      ) : (
        // What a person has typed stays under the notice that their session is over.
        <>
          <SignedInApp />
          {session.kind === 'over' && <SessionOver />}
        </>
      )}
    </Router>
  );
}

let followed = false;

/** Opens what the launch names, once. The list stays under it, so that Back leads there and does not close the app. */
function useDeepLink(): { strange: boolean } {
  const [, go] = useLocation();
  const [strange, setStrange] = useState(false);
  useEffect(() => {
    if (followed || startParam === undefined || startParam === '') return;
    followed = true;
    const target = screenOf(startParam);
    if (target === undefined) setStrange(true);
    else go(target);
  }, [go]);
  return { strange };
}

function SignedInApp() {
  const { strange } = useDeepLink();
  const [path, go] = useLocation();
  useEffect(() => void preloadScreens(), []);
  useSettingsButton(() => path !== '/settings' && go('/settings'));
  return (
    <Switch>
      {SCREENS.map(({ path: pattern, parent, View }) => (
        <Route key={pattern} path={pattern}>
          {(params) => (
            <Parent value={fillPath(parent, params as Record<string, string>)}>
              <View key={path} {...(params as Record<string, string>)} />
            </Parent>
          )}
        </Route>
      ))}
      <Route>
        <ServerList strangeLink={strange} />
      </Route>
    </Switch>
  );
}
