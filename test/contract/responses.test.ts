import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { api } from '@clawmoor/shared/api.ts';
import type { Route } from '@clawmoor/shared/route.ts';
import { mismatches, type Answered } from '../support/response-check.ts';
import { demandDeclared, judgeResponses } from '../support/response-tap.ts';

const headers: Record<string, string> = { 'x-request-id': 'r1', 'cache-control': 'no-store', 'content-type': 'application/json' };
const judged = (answered: Partial<Omit<Answered, 'header'>> & { body?: unknown; header?: Record<string, string | undefined> }): string[] =>
  mismatches({
    method: 'GET',
    path: '/api/health/live',
    status: 200,
    text: answered.body === undefined ? '' : JSON.stringify(answered.body),
    ...answered,
    header: (name) => ({ ...headers, ...answered.header })[name],
  }).map((words) => words.replace(/^.*?\): /s, ''));
const problem = { error: 'There is nothing', code: 'server.not_found', requestId: 'r1' };

describe('What every response of the suite is held to (S19)', () => {
  it('a success is what its operation declares: the status, the type, every field and none besides', () => {
    expect(judged({ body: { status: 'ok' } })).toEqual([]);
    expect(judged({ body: { status: 'ok' }, status: 201 })).toEqual(['200 is declared']);
    expect(judged({ body: { status: 'ok', secret: 'x' } })[0]).toContain('fields that the schema does not name');
    expect(judged({ body: {} })).toHaveLength(1);
    expect(judged({ text: '<html>' })).toHaveLength(1);
    expect(judged({ body: { status: 'ok' }, header: { 'x-request-id': undefined, 'cache-control': undefined } })).toHaveLength(2);
    expect(judged({ method: 'DELETE', path: '/api/servers/x', status: 204 })).toEqual([]);
    expect(judged({ method: 'DELETE', path: '/api/servers/x', status: 204, body: {} })).toHaveLength(1);
    expect(judged({ path: '/api/no/such/thing', body: {} })).toEqual(['there is no such operation']);
  });

  it('a failure is the one envelope, with a known code that belongs to its status', () => {
    const failure = { path: '/api/servers/x', status: 404, body: problem };
    expect(judged(failure)).toEqual([]);
    expect(judged({ ...failure, status: 403 })).toHaveLength(1);
    expect(judged({ ...failure, body: { ...problem, code: 'toString' } })).toHaveLength(1);
    expect(judged({ ...failure, body: { ...problem, code: 'budget.not_found' } })).toEqual([
      'budget.not_found is not declared: see problems-of.ts',
    ]);
    expect(judged({ ...failure, body: { ...problem, requestId: 'r2' } })).toHaveLength(1);
    expect(judged({ ...failure, body: { ...problem, stack: 'at' } })).toHaveLength(1);
    expect(judged({ ...failure, text: 'Not found', header: { 'content-type': 'text/html' } })).toHaveLength(1);
    expect(judged({ ...failure, status: 500, body: { ...problem, code: 'internal.unexpected' } })).toHaveLength(1);
    expect(
      judged({ ...failure, method: 'POST', path: '/api/auth/telegram', status: 429, body: { ...problem, code: 'request.too_many' } }),
    ).toEqual(['429 without Retry-After']);
  });

  it('a feed holds declared events, a file is a download that no browser opens', () => {
    const feed = { path: '/api/tasks/x/events', header: { 'content-type': 'text/event-stream; charset=utf-8' } };
    const [event = ''] = Object.keys(api.watchTask.emits);
    expect(judged({ ...feed, text: ':\n\nretry: 2000\n\n' })).toEqual([]);
    expect(judged({ ...feed, text: 'event: gossip\ndata: {}\n\n' })).toEqual(['the event gossip is not declared']);
    expect(judged({ ...feed, text: `event: ${event}\ndata: {"nonsense":1}\n\n` })).toHaveLength(1);
    const file = { path: '/api/admin/audit/export', header: { 'x-ratelimit-limit': '30', 'content-type': 'text/csv' } };
    expect(judged({ ...file, header: { ...file.header, 'content-disposition': 'attachment; filename="a.csv"' } })).toEqual([]);
    expect(judged({ ...file, header: { ...file.header, 'content-type': 'text/html' } })).toHaveLength(2);
  });

  it('fails whoever caused the response, also where they never looked at it', async () => {
    const server = createServer((_request, response) => void response.end('{"status":"fine"}'));
    judgeResponses(server, () => true);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/health/live`);
    expect(demandDeclared).toThrow('GET /api/health/live answered 200 (readLiveness)');
    server.close();
  });
});

interface Schema {
  properties?: Record<string, Schema>;
  additionalProperties?: unknown;
  items?: Schema;
  anyOf?: Schema[];
  type?: unknown;
}

/** Places of a schema that take anything: what stands there is held to nothing. */
function* anything(schema: Schema, at: string): Generator<string> {
  if (Object.keys(schema).length === 0) yield at;
  if (typeof schema.additionalProperties === 'object') {
    if (Object.keys(schema.additionalProperties ?? {}).length === 0) yield `${at}.*`;
    else yield* anything(schema.additionalProperties as Schema, `${at}.*`);
  }
  for (const [name, inner] of Object.entries(schema.properties ?? {})) yield* anything(inner, `${at}.${name}`);
  for (const inner of [schema.items, ...(schema.anyOf ?? [])]) if (inner) yield* anything(inner, at);
}

describe('What may be answered', () => {
  // Values that are somebody else's, with their secrets taken out: the gateway's configuration, its schema, what an audit row is about.
  const FOREIGN = /^(readConfig\.config|readConfigSchema\.schema|\w+(\.changes|\.entries)+\.(before|after)|.*\.blockers|readOpenApi)\b/;

  it.each(Object.entries(api).filter(([, { returns }]: [string, Route]) => returns))(
    '%s names its fields (S19)',
    (name, { returns }: Route) => {
      const schema = returns ? (z.toJSONSchema(returns, { io: 'output', unrepresentable: 'any' }) as Schema & { $schema?: string }) : {};
      delete (schema as { $schema?: string }).$schema;
      expect([...anything(schema, name)].filter((place) => !FOREIGN.test(place))).toEqual([]);
    },
  );
});
