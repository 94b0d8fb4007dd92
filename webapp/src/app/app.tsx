import { useEffect, useSyncExternalStore } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { sessionState, subscribeToSession } from '../api/session.ts';
import { AddServer } from '../features/servers/add-server.tsx';
import { Connect } from '../features/servers/connect.tsx';
import { ServerList } from '../features/servers/server-list.tsx';
import { ServerPage } from '../features/servers/server-page.tsx';
import { Agents } from '../features/openclaw/agents.tsx';
import { Setup } from '../features/setup/setup.tsx';
import { SignIn } from '../features/sign-in/sign-in.tsx';
import { TaskPage } from '../features/tasks/task-page.tsx';
import { startParam } from '../telegram/bridge.ts';
import { ready } from '../telegram/controls.ts';
import { screenOf } from './deep-link.ts';

export function App() {
  const session = useSyncExternalStore(subscribeToSession, sessionState);
  useEffect(ready, []);
  return session.kind === 'in' ? <SignedInApp /> : <SignIn session={session} />;
}

let followed = false;

function SignedInApp() {
  const [, go] = useLocation();
  useEffect(() => {
    const target = followed ? undefined : screenOf(startParam);
    followed = true;
    // The list stays under it, so that Back leads there and does not close the app.
    if (target) go(target);
  }, [go]);
  return (
    <Switch>
      <Route path="/add">
        <AddServer />
      </Route>
      <Route path="/servers/:id/connect">{({ id }) => <Connect id={id} />}</Route>
      <Route path="/servers/:id/setup">{({ id }) => <Setup id={id} />}</Route>
      <Route path="/servers/:id/agents">{({ id }) => <Agents id={id} />}</Route>
      <Route path="/servers/:id">{({ id }) => <ServerPage id={id} />}</Route>
      <Route path="/tasks/:id">{({ id }) => <TaskPage key={id} id={id} />}</Route>
      <Route>
        <ServerList />
      </Route>
    </Switch>
  );
}
