import { useEffect, useState } from 'react';
import { follow } from '@clawmoor/shared/feed.ts';
import { incidentRoutes } from '@clawmoor/shared/incidents.ts';
import { queryClient } from './queries.ts';
import { call, currentToken, renewedToken } from './session.ts';

/** Asks again for what shows incidents as soon as one opens, changes or ends. `true` while that is heard of; else the screens ask by the clock. */
export function useIncidentFeed(): boolean {
  const [live, setLive] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    const again = (): void =>
      void Promise.all(['incidents', 'timeline', 'monitoring'].map((name) => queryClient.invalidateQueries({ queryKey: [name] })));
    follow({
      route: incidentRoutes.watchIncidents,
      input: {},
      token: currentToken,
      renew: renewedToken,
      signal: stop.signal,
      onEvent: again,
      onState(state) {
        setLive(state === 'live');
        // What happened while the line was lost.
        if (state === 'live') again();
      },
      async poll() {
        await call(incidentRoutes.listIncidents, { limit: 1 }, { signal: stop.signal });
        return false;
      },
    }).then(
      () => setLive(false),
      () => setLive(false),
    );
    return () => stop.abort();
  }, []);
  return live;
}
