import { useEffect, useState, useSyncExternalStore } from 'react';
import { Route, Router, Switch, useLocation } from 'wouter';
import { sessionState, subscribeToSession } from '../api/session.ts';
import { ServerList } from '../features/servers/server-list.tsx';
import { SignIn } from '../features/sign-in/sign-in.tsx';
import { startParam } from '../telegram/bridge.ts';
import { ready } from '../telegram/controls.ts';
import { screenOf } from './deep-link.ts';
import { useAppLocation } from './location.ts';
import { AddServer, Agents, Connect, preloadScreens, ServerPage, Setup, TaskPage } from './screens.tsx';

export function App() {
  const session = useSyncExternalStore(subscribeToSession, sessionState);
  useEffect(ready, []);
  return <Router hook={useAppLocation}>{session.kind === 'in' ? <SignedInApp /> : <SignIn session={session} />}</Router>;
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
  useEffect(() => void preloadScreens(), []);
  return (
    <Switch>
      <Route path="/add">
        <AddServer />
      </Route>
      <Route path="/servers/:id/connect">{({ id }) => <Connect key={id} id={id} />}</Route>
      <Route path="/servers/:id/setup">{({ id }) => <Setup key={id} id={id} />}</Route>
      <Route path="/servers/:id/agents">{({ id }) => <Agents key={id} id={id} />}</Route>
      <Route path="/servers/:id">{({ id }) => <ServerPage key={id} id={id} />}</Route>
      <Route path="/tasks/:id">{({ id }) => <TaskPage key={id} id={id} />}</Route>
      <Route>
        <ServerList strangeLink={strange} />
      </Route>
    </Switch>
  );
}
