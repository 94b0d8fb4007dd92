import { useEffect, useState } from 'react';
import { dailyRoutes, type LogLine, type LogPage } from '@clawmoor/shared/openclaw-daily.ts';
import { call } from './session.ts';

export interface GatewayLog {
  lines: readonly (LogLine & { seq: number })[];
  /** Where the newest lines came from; `undefined` before the first answer. */
  source: LogPage['source'] | undefined;
  /** Why the gateway did not say them itself. */
  because: string | null;
  /** Lines between those shown were left out. */
  gap: boolean;
  error: unknown;
}

const NOTHING: GatewayLog = { lines: [], source: undefined, because: null, gap: false, error: undefined };
const PAGE = 500;
const MOST_LINES = 10_000;
const LOOK_AGAIN_MS = 2_000;
// Read over SSH, whole: not as often.
const LOOK_AGAIN_DOWN_MS = 10_000;

/** The log of a gateway as it grows. It rests while the app is not on the screen, and goes on from the same place. */
export function useGatewayLog(id: string): GatewayLog & { again: () => void } {
  const [log, setLog] = useState(NOTHING);
  const [round, setRound] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    setLog((before) => ({ ...before, error: undefined }));
    read(id, stop.signal, (page) => setLog((before) => joined(before, page))).catch((error: unknown) => {
      if (!stop.signal.aborted) setLog((before) => ({ ...before, error }));
    });
    return () => stop.abort();
  }, [id, round]);
  return { ...log, again: () => setRound(round + 1) };
}

async function read(id: string, signal: AbortSignal, add: (page: LogPage) => void): Promise<void> {
  let cursor: string | undefined;
  while (!signal.aborted) {
    if (document.visibilityState !== 'hidden') {
      const page = await call(dailyRoutes.readLogs, { id, limit: PAGE, ...(cursor !== undefined && { cursor }) }, { signal });
      // Without a place to go on from, the page takes the place of what was shown.
      add(cursor === undefined ? { ...page, reset: true } : page);
      cursor = page.cursor ?? undefined;
      if (cursor !== undefined && page.lines.length >= PAGE) continue;
    }
    await pause(cursor === undefined ? LOOK_AGAIN_DOWN_MS : LOOK_AGAIN_MS, signal);
  }
}

function joined(before: GatewayLog, { lines, reset, source, because, truncated }: LogPage): GatewayLog {
  const known = { source, because, error: undefined };
  if (!reset && lines.length === 0) return before.source === source ? before : { ...before, ...known };
  // Keys go on over a reset: a line must not be taken for another.
  const from = (before.lines.at(-1)?.seq ?? 0) + 1;
  const more = lines.map((line, at) => ({ ...line, seq: from + at }));
  return {
    ...known,
    lines: (reset ? more : [...before.lines, ...more]).slice(-MOST_LINES),
    gap: !reset && (before.gap || truncated),
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
