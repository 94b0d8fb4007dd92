import { setTimeout as delay } from 'node:timers/promises';

export interface Traffic {
  requests: number;
  /** Answers that nobody expects: 5xx, a broken connection, a stream that ended by itself. */
  failures: string[];
  tasks: number;
  streams: number;
}

interface Person {
  token: string;
  serverIds: string[];
}

interface Parts {
  api: string;
  people: readonly Person[];
  /** A server on which a task can really run, and whose it is. */
  real: { serverId: string; token: string };
  signal: AbortSignal;
}

const RENEW_MS = 5 * 60_000;
const EXPECTED = new Set([200, 201, 202, 204, 304, 404, 409, 429]);
const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T;

/** What people do with the app open: they look, change a preference now and then, follow feeds and leave them, run tasks. Ends with the signal. */
export async function runTraffic({ api, people, real, signal }: Parts): Promise<Traffic> {
  const done: Traffic = { requests: 0, failures: [], tasks: 0, streams: 0 };
  const ask = async (token: string, path: string, init: { method?: string; body?: unknown } = {}): Promise<unknown> => {
    done.requests += 1;
    try {
      const response = await fetch(`${api}${path}`, {
        method: init.method ?? 'GET',
        headers: { authorization: `Bearer ${token}`, ...(init.body !== undefined && { 'content-type': 'application/json' }) },
        ...(init.body !== undefined && { body: JSON.stringify(init.body) }),
        signal: AbortSignal.timeout(30_000),
      });
      const text = await response.text();
      if (!EXPECTED.has(response.status)) done.failures.push(`${path}: ${response.status} ${text.slice(0, 200)}`);
      return text === '' ? undefined : JSON.parse(text);
    } catch (error) {
      if (!signal.aborted) done.failures.push(`${path}: ${String(error)}`);
      return undefined;
    }
  };
  const pause = (ms: number): Promise<unknown> => delay(ms, undefined, { signal }).catch(() => undefined);

  // As the app does: a session's token is renewed before it ends.
  const renews = async (person: { token: string }): Promise<void> => {
    for (;;) {
      await pause(RENEW_MS * (0.5 + Math.random())); // not all at once: they share an address, and sign-ins are limited by it
      if (signal.aborted) return;
      const body = { token: person.token };
      const { token } = ((await ask(person.token, '/auth/refresh', { method: 'POST', body })) ?? {}) as { token?: string };
      if (token !== undefined) person.token = token;
    }
  };
  const looks = async (person: Person): Promise<void> => {
    while (!signal.aborted) {
      const { token, serverIds } = person;
      const id = pick(serverIds);
      const paths = ['/servers', '/me', `/servers/${id}`, `/servers/${id}/metrics`, `/servers/${id}/incidents`, '/incidents', '/tasks'];
      await ask(token, pick(paths));
      if (Math.random() < 0.05) await ask(token, '/me/notification-prefs', { method: 'PUT', body: { muted: Math.random() < 0.1 } });
      await pause(500 + Math.random() * 2_000);
    }
  };
  const follows = async (person: Person): Promise<void> => {
    while (!signal.aborted) {
      const { token } = person;
      const left = AbortSignal.any([signal, AbortSignal.timeout(5_000 + Math.floor(Math.random() * 50_000))]);
      done.streams += 1;
      try {
        const response = await fetch(`${api}/incidents/events`, { headers: { authorization: `Bearer ${token}` }, signal: left });
        for await (const _chunk of response.body ?? []) if (left.aborted) break;
        if (!left.aborted) done.failures.push('/incidents/events: ended by itself');
      } catch (error) {
        if (!left.aborted) done.failures.push(`/incidents/events: ${String(error)}`);
      }
      await pause(500);
    }
  };
  const works = async (): Promise<void> => {
    while (!signal.aborted) {
      const begun = (await ask(real.token, `/servers/${real.serverId}/setup/install-node`, { method: 'POST' })) as { taskId?: string };
      if (begun?.taskId !== undefined) {
        done.tasks += 1;
        await ask(real.token, `/tasks/${begun.taskId}/log?limit=500`);
      }
      await pause(15_000);
    }
  };
  await Promise.all([
    ...people.map(renews),
    renews(real),
    ...people.map(looks),
    ...people.slice(0, people.length / 2).map(follows),
    works(),
  ]);
  return done;
}
