import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api } from '@clawmoor/shared/api.ts';
import type { Route } from '@clawmoor/shared/route.ts';
import { addOpenTask } from '../support/feed.ts';
import { startWorld, SUPER_ADMIN, type Person, type TestWorld } from '../support/world.ts';

const METRICS_TOKEN = 'metrics-token-of-this-test-only-0001';
const routes: [string, Route][] = Object.entries(api);

describe('The headers', () => {
  let test: TestWorld;
  let person: Person;
  let serverId: string;
  let taskId: string;
  beforeAll(async () => {
    test = await startWorld({ env: { METRICS_TOKEN } });
    person = await test.person(SUPER_ADMIN);
    const place = { name: 'ship', host: '127.0.0.1', port: 9, username: 'root', authMethod: 'generated' };
    serverId = (await person.post('/servers', place)).body.id;
    taskId = await addOpenTask(test, serverId, person.id);
  });
  afterAll(() => test[Symbol.asyncDispose]());

  /** The headers alone: a feed would not end. */
  async function headersOf(path: string, options: RequestInit = {}): Promise<Headers> {
    const stop = new AbortController();
    const headers = { authorization: `Bearer ${path === '/metrics' ? METRICS_TOKEN : person.token}`, origin: 'https://evil.example' };
    const response = await fetch(test.url + path, { headers, signal: stop.signal, ...options });
    stop.abort();
    return response.headers;
  }

  it.each([
    ['a JSON answer', () => '/api/servers', 'no-store'],
    ['a public answer', () => '/api/health', 'no-store'],
    ['a refusal', () => '/api/servers/none', 'no-store'],
    ['a path that is not there', () => '/api/nope', 'no-store'],
    ['a feed', () => `/api/tasks/${taskId}/events`, 'no-store, no-transform'],
    ['a file', () => '/api/admin/audit/export', 'no-store'],
    ['the metrics', () => '/metrics', 'no-store'],
    ['the app', () => '/', undefined],
    ['a screen of the app', () => '/servers/srv_x', undefined],
    ['an asset that is not there', () => '/assets/none.js', 'no-store'],
  ])('of %s let no other site script, frame, read or keep it (S40)', async (_what, path, cache) => {
    const headers = await headersOf(path());
    const policy = (headers.get('content-security-policy') ?? '').split(';');
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self' https://web.telegram.org",
      ]),
    );
    expect(policy.join()).not.toMatch(/unsafe|\*/);
    expect([...headers]).toEqual(
      expect.arrayContaining([
        ['x-content-type-options', 'nosniff'],
        ['referrer-policy', 'no-referrer'],
        ['cross-origin-resource-policy', 'same-origin'],
        ['strict-transport-security', expect.stringContaining('max-age=31536000')],
      ]),
    );
    for (const name of ['x-frame-options', 'access-control-allow-origin', 'access-control-allow-credentials', 'set-cookie', 'x-powered-by'])
      expect(headers.get(name), name).toBeNull();
    if (cache !== undefined) expect(headers.get('cache-control')).toBe(cache);
  });

  it('of a preflight promise another site nothing (S40)', async () => {
    const asks = {
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
      origin: 'https://evil.example',
    };
    const response = await fetch(`${test.url}/api/servers`, { method: 'OPTIONS', headers: asks });
    expect(response.status).toBe(405);
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('carry who asks: no cookie and no query opens the API, so another site can make nobody do anything (S40)', async () => {
    const cookie = { cookie: `token=${person.token}; session=${person.token}` };
    for (const [path, headers] of [
      ['/servers', cookie],
      [`/servers?token=${person.token}`, {}],
      [`/servers?access_token=${person.token}`, {}],
    ] as const) {
      const { status, body } = await test.request('GET', path, { headers });
      expect([status, body.code]).toEqual([401, 'auth.required']);
    }
    expect((await test.request('DELETE', `/servers/${serverId}`, { headers: cookie })).status).toBe(401);
  });

  it('belong to operations of which a GET changes nothing: one that is recorded gives out a file or a link, and changes nothing (S40)', () => {
    const changing = routes.filter(([, { method, audit, sends }]) => method === 'get' && audit !== undefined && sends === undefined);
    expect(changing.map(([name]) => name)).toEqual(['linkDashboard']);
  });
});
