import { useCallback } from 'react';
import { useBrowserLocation, type BrowserLocationHook } from 'wouter/use-browser-location';

/** What each history entry remembers: the path that it was opened from. */
interface Entry {
  from?: string;
}

// Whatever else wrote a history entry (Telegram's clients do) left it without `from`.
const entry = (): Entry => (typeof history.state === 'object' && history.state !== null ? (history.state as Entry) : {});

/** The address of the app. A new screen remembers where it was opened from; one that replaces another keeps what that one knew. */
export const useAppLocation: BrowserLocationHook = () => {
  const [path, go] = useBrowserLocation();
  const remember = useCallback<typeof go>(
    (to, options) => go(to, { ...options, state: options?.replace ? entry() : { from: location.pathname } }),
    [go],
  );
  return [path, remember];
};

/**
 * One step back to `parent`: the same entry that the phone's own back leads to, where the screen was opened from its parent;
 * else the parent takes this screen's place, so that back never leads forward again.
 */
export function goBack(parent: string, go: (to: string, options: { replace: true }) => void): void {
  if (entry().from === parent) history.back();
  else go(parent, { replace: true });
}
