import { request as rawRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type Person, type TestWorld } from '../support/world.ts';

describe('The wire rules', () => {
  let test: TestWorld;
  let person: Person;
  beforeAll(async () => {
    test = await startWorld();
    person = await test.person(10);
  });
  afterAll(() => test[Symbol.asyncDispose]());

  const send = (options: { method?: string; path: string; headers?: Record<string, string>; raw?: string }) =>
    test.request(options.method ?? 'POST', options.path, {
      token: person.token,
      ...(options.headers && { headers: options.headers }),
      ...(options.raw !== undefined && { raw: options.raw }),
    });
  const json = { 'content-type': 'application/json' };

  it.each([
    ['an unknown path', { method: 'GET', path: '/nothing/here' }, 404, 'route.not_found'],
    ['an unknown method', { method: 'PATCH', path: '/servers' }, 405, 'route.method_not_allowed'],
    ['JSON that is not JSON', { path: '/servers', headers: json, raw: '{"name": nope' }, 400, 'request.malformed_json'],
    ['a body of 10 MB', { path: '/servers', headers: json, raw: `"${'x'.repeat(10_000_000)}"` }, 413, 'request.too_large'],
    ['a body of another type', { path: '/servers', headers: { 'content-type': 'text/xml' }, raw: '<a/>' }, 415, 'request.unsupported_type'],
    ['a body that is a list', { path: '/servers', headers: json, raw: '[]' }, 400, 'request.invalid'],
    ['a path that cannot be decoded', { method: 'GET', path: '/servers/%E0%A4%A' }, 400, 'request.invalid'],
    [
      '__proto__ in a body (S20)',
      {
        path: '/servers',
        headers: json,
        raw: '{"__proto__":{"role":"owner"},"name":"a","host":"h","username":"root","authMethod":"generated"}',
      },
      400,
      'request.invalid',
    ],
    [
      'an unknown key (S20)',
      { path: '/servers', headers: json, raw: '{"name":"a","host":"h","username":"root","authMethod":"generated","role":"owner"}' },
      400,
      'request.invalid',
    ],
    [
      'a list for a string (S20)',
      { path: '/servers', headers: json, raw: '{"name":["a"],"host":"h","username":"root","authMethod":"generated"}' },
      400,
      'request.invalid',
    ],
  ])('answers %s with the one envelope', async (_what, options, status, code) => {
    const answer = await send(options);
    expect([answer.status, answer.body.code], answer.text).toEqual([status, code]);
    expect(answer.body.requestId).toBe(answer.headers.get('x-request-id'));
    expect(answer.body.error).toMatch(/\w/);
    if (status === 405) expect(answer.headers.get('allow')).toBe('GET, POST, HEAD');
    expect((await person.get('/servers')).body.servers).toEqual([]);
  });

  it('names every field that is wrong', async () => {
    const { body } = await person.post('/servers', {
      name: '',
      host: '-oProxyCommand=x',
      port: 99_999,
      username: 'Root!',
      authMethod: 'magic',
    });
    expect(body.issues.map(({ path }: { path: string }) => path).toSorted()).toEqual(['authMethod', 'host', 'name', 'port', 'username']);
  });

  it('asks for a token first, and says which part is missing', async () => {
    expect((await test.nobody.get('/servers')).body.code).toBe('auth.required');
    expect((await test.request('GET', '/servers', { headers: { authorization: 'Basic abc' } })).body.code).toBe('auth.token_invalid');
    expect((await test.request('POST', '/servers', { raw: '{broken', headers: json })).body.code).toBe('auth.required');
  });

  it('sends its security headers with every answer, and no CORS header and no cookie (S40)', async () => {
    for (const path of ['/health', '/servers', '/nope']) {
      const { headers } = await person.get(path);
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'self' https://web.telegram.org");
      expect(headers.get('content-security-policy')).toContain("script-src 'self';");
      expect(headers.get('x-frame-options')).toBeNull();
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('strict-transport-security')).toContain('max-age=');
      expect(headers.get('access-control-allow-origin')).toBeNull();
      expect(headers.get('set-cookie')).toBeNull();
      expect(headers.get('x-powered-by')).toBeNull();
    }
    expect((await person.get('/servers')).headers.get('cache-control')).toBe('no-store');
  });

  it('tells health to anybody, and readiness until it stops', async () => {
    expect((await test.nobody.get('/health')).body).toEqual({ status: 'ok', version: '0.1.0', trial: false });
    expect((await test.nobody.get('/health/live')).status).toBe(200);
    expect((await test.nobody.get('/health/ready')).status).toBe(200);
  });

  it('serves the contract as OpenAPI 3.1 to who is signed in', async () => {
    expect((await test.nobody.get('/openapi.json')).status).toBe(401);
    const { body } = await person.get('/openapi.json');
    expect(body.openapi).toBe('3.1.1');
    expect(body.paths['/servers/{id}/setup/check-prereqs'].post.operationId).toBe('checkPrereqsByPost');
    expect(body.paths['/servers'].post.requestBody.content['application/json'].schema.properties.host).toBeDefined();
  });

  it('takes no address and no request id from a client that is no trusted proxy (S41)', async () => {
    const { headers } = await test.request('GET', '/health', {
      headers: { 'x-request-id': 'forged-request-id', 'x-forwarded-for': '203.0.113.9' },
    });
    expect(headers.get('x-request-id')).not.toBe('forged-request-id');
    await test.request('POST', '/servers', {
      token: person.token,
      body: { name: 'audited', host: 'example.com', username: 'root', authMethod: 'generated' },
      headers: { 'x-forwarded-for': '203.0.113.9' },
    });
    const row = await test.world.db
      .selectFrom('audit')
      .select('ip')
      .where('action', '=', 'server.create')
      .where('result', '=', 'ok')
      .executeTakeFirstOrThrow();
    expect(row.ip).toMatch(/127\.0\.0\.1$/);
  });

  it('survives a request that is cut off in the middle of its body', async () => {
    await new Promise<void>((resolve) => {
      const cut = rawRequest(`${test.url}/api/servers`, {
        method: 'POST',
        headers: { authorization: `Bearer ${person.token}`, ...json, 'content-length': '100' },
      });
      cut.on('error', () => resolve());
      cut.write('{"name"');
      setTimeout(() => (cut.destroy(), resolve()), 50);
    });
    expect((await test.nobody.get('/health')).status).toBe(200);
  });
});

describe('The limits', () => {
  it('answer 429 with Retry-After when somebody signs in too often, and count the tests of a server (S29)', async () => {
    await using test = await startWorld({ overrides: { limits: { 'sign-in': 5, 'server-test': 3 } } });
    const person = await test.person(1);
    const { body: server } = await person.post('/servers', {
      name: 'a',
      host: '127.0.0.1',
      port: 9,
      username: 'root',
      authMethod: 'generated',
    });
    const answers = [];
    for (let tries = 0; tries < 5; tries++) answers.push(await person.post(`/servers/${server.id}/test`));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429]);
    expect(answers[0]?.headers.get('x-ratelimit-limit')).toBe('3');
    expect(answers[0]?.headers.get('x-ratelimit-remaining')).toBe('2');
    expect(Number(answers[4]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answers[4]?.body.code).toBe('request.too_many');
    const signIns = await Promise.all(Array.from({ length: 10 }, () => test.nobody.post('/auth/telegram', { initData: 'x' })));
    expect(signIns.filter(({ status }) => status === 429).length).toBe(6);
  });
});
