import type { Gateways } from '../../lib/gateway.ts';

// A server that is off need not be knocked at more often.
const AGAIN_AT_MOST_MS = 5 * 60_000;

export type WatchState = 'off' | 'connecting' | 'connected';

export interface Watcher {
  set(serverId: string, watching: boolean): void;
  /** `connected`: a command that needs an answer waits for it. */
  stateOf(serverId: string): WatchState;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Stays connected to gateways as somebody who answers: while nobody is, OpenClaw denies at once what needs an answer. `onChanged` hears
 * that something waits, or does not wait any more.
 */
export function createWatcher({ gateways, onChanged = () => {} }: { gateways: Gateways; onChanged?: (serverId: string) => void }): Watcher {
  const watches = new Map<string, { stop: AbortController; ended: Promise<void> }>();
  const connected = new Set<string>();

  const watch = (serverId: string, signal: AbortSignal): Promise<void> =>
    gateways.watch(serverId, {
      as: 'approvals',
      signal,
      againAtMostMs: AGAIN_AT_MOST_MS,
      onUp() {
        connected.add(serverId);
        onChanged(serverId); // what happened while nobody was connected was not heard
      },
      onDown: () => void connected.delete(serverId),
      onEvent(event) {
        if (event === 'exec.approval.requested' || event === 'exec.approval.resolved') onChanged(serverId);
      },
    });

  return {
    set(serverId, watching) {
      const open = watches.get(serverId);
      if (watching === (open !== undefined)) return;
      open?.stop.abort();
      watches.delete(serverId);
      connected.delete(serverId);
      if (!watching) return onChanged(serverId); // OpenClaw denies what waits when nobody is there any more
      const stop = new AbortController();
      watches.set(serverId, { stop, ended: watch(serverId, stop.signal) });
    },
    stateOf: (serverId) => (connected.has(serverId) ? 'connected' : watches.has(serverId) ? 'connecting' : 'off'),
    async [Symbol.asyncDispose]() {
      const all = [...watches.values()];
      watches.clear();
      for (const { stop } of all) stop.abort();
      await Promise.all(all.map(({ ended }) => ended));
    },
  };
}
