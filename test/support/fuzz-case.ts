import fc, { type Arbitrary } from 'fast-check';
import type { Route } from '@clawmoor/shared/route.ts';
import * as z from 'zod/mini';
import { HOSTILE, spoilt, valuesOf, type Schema } from './arbitrary.ts';

/** People of different rights; `token-…`: a personal token of the owner with that scope. */
export const WHO = ['nobody', 'forger', 'outsider', 'viewer', 'admin', 'owner', 'super', 'token-read', 'token-admin'] as const;
export type Who = (typeof WHO)[number];

export interface FuzzCase {
  who: Who;
  method: string;
  /** `{server}`, `{foreign}` and `{task}` stand for ids of the day. */
  path: string;
  headers: Record<string, string>;
  raw: string | Uint8Array | undefined;
  /** Comes with a code that is good. */
  stepUp: boolean;
}

const RAW: (string | Uint8Array)[] = [
  '',
  '{',
  'null',
  '[]',
  '"text"',
  '1e999',
  '{"a":1,"a":2}',
  '{"__proto__":{"role":"owner"}}',
  '\ufeff{}',
  '{} {}',
  '['.repeat(20_000),
  '{"a":'.repeat(20_000),
  `"${'x'.repeat(300_000)}"`,
  new Uint8Array([0xff, 0xfe, 0x00, 0x7b]),
  new Uint8Array([0x1f, 0x8b, 0x08, 0x00]),
  '<a/>',
  'a=1&b=2',
];
const TYPES = [
  'application/json; charset=utf-16',
  'application/json; charset=x-none',
  'text/plain',
  'text/xml',
  'multipart/form-data; boundary=x',
  'multipart/form-data',
  'application/x-www-form-urlencoded',
  'application/vnd.api+json',
  'nonsense',
];
const QUERIES = [
  'unknownKey=1',
  '__proto__=1',
  '__proto__[role]=owner',
  'a[b][c]=1',
  'limit=1e999',
  'limit=-1',
  'limit=1&limit=2',
  'cursor=',
  '%00=%00',
  'q=%E0%A4%A',
  'serverId[]=x',
  'ticket=x',
  `q=${'x'.repeat(4_000)}`,
];
const HEADERS: Record<string, string>[] = [
  { 'content-encoding': 'gzip' },
  { 'content-encoding': 'nonsense' },
  { 'idempotency-key': '' },
  { 'idempotency-key': 'x'.repeat(129) },
  { 'last-event-id': '-1' },
  { 'last-event-id': '1e999' },
  { 'x-step-up': 'x'.repeat(4_000) },
  { 'x-request-id': '__proto__' },
  { accept: 'text/html' },
  { cookie: 'a=b; __proto__=c' },
  { 'x-http-method-override': 'DELETE' },
];

const jsonSchema = (schema: z.ZodMiniType): Schema => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema;
const asText = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

/** Requests to one operation: most are what it takes or nearly so, each fourth is hostile all over. */
export function casesOf(route: Route): Arbitrary<FuzzCase> {
  const hostile = fc.constantFrom(...HOSTILE);
  const body = route.body ? valuesOf(jsonSchema(route.body)) : fc.constant({});
  const spoiltBody = fc.tuple(body, fc.nat(), hostile).map(([value, at, bad]) => spoilt(value, at, bad));
  const json = fc
    .oneof({ arbitrary: body, weight: 3 }, { arbitrary: spoiltBody, weight: 2 })
    .map((value) => ({ raw: JSON.stringify(value), type: 'application/json' }));
  const strange = fc.record({ raw: fc.constantFrom(...RAW), type: fc.constantFrom('application/json', ...TYPES) });
  return fc
    .record({
      who: fc.oneof(
        {
          arbitrary: fc.constantFrom<Who>(
            ...(route.access === 'super' ? (['super'] as const) : (['owner', 'owner', 'token-admin'] as const)),
          ),
          weight: 2,
        },
        { arbitrary: fc.constantFrom(...WHO), weight: 1 },
      ),
      path: pathsOf(route),
      query: fc.oneof({ arbitrary: queriesOf(route), weight: 4 }, { arbitrary: fc.constantFrom(...QUERIES), weight: 1 }),
      content: fc.oneof({ arbitrary: json, weight: 5 }, { arbitrary: strange, weight: 1 }),
      headers: fc.oneof({ arbitrary: fc.constant({}), weight: 5 }, { arbitrary: fc.constantFrom(...HEADERS), weight: 1 }),
      method: fc.oneof(
        { arbitrary: fc.constant(route.method), weight: 30 },
        { arbitrary: fc.constantFrom('patch', 'options', 'post', 'head'), weight: 1 },
      ),
      stepUp: fc.boolean(),
    })
    .map(({ who, path, query, content, headers, method, stepUp }) => {
      const bodyless = ['get', 'head'].includes(method);
      return {
        who,
        method: method.toUpperCase(),
        path: query === '' ? path : `${path}?${query}`,
        headers: { ...(bodyless ? {} : { 'content-type': content.type }), ...headers },
        raw: bodyless ? undefined : content.raw,
        stepUp,
      };
    });
}

/** The ids of a path: those that exist, those of others, and what is none. */
function pathsOf({ path }: Route): Arbitrary<string> {
  const words = fc.oneof(
    {
      arbitrary: fc.constantFrom(
        'main',
        'missing',
        'srv_missing0000000000000',
        '1',
        '..%2f..%2fx',
        '%00',
        '%E0%A4%A',
        '%20',
        'a%2Fb',
        '%F0%9F%92%A5',
      ),
      weight: 3,
    },
    {
      arbitrary: fc
        .constantFrom(...HOSTILE.map(asText).filter((text) => text !== ''))
        .map((text) => encodeURIComponent(text.toWellFormed())),
      weight: 1,
    },
  );
  const own = path.startsWith('/tasks') ? '{task}' : '{server}';
  const id = fc.oneof(
    { arbitrary: fc.constant(own), weight: 6 },
    { arbitrary: fc.constant('{foreign}'), weight: 1 },
    { arbitrary: words, weight: 1 },
  );
  const parts = path
    .split('/')
    .map((part) => (part === ':id' || part === ':serverId' ? id : part.startsWith(':') ? words : fc.constant(part)));
  return fc.tuple(...parts).map((all) => all.join('/'));
}

function queriesOf({ query }: Route): Arbitrary<string> {
  if (!query) return fc.constant('');
  const hostile = fc.constantFrom(...HOSTILE).map(asText);
  const fields = Object.entries(jsonSchema(query).properties ?? {}).map(([name, schema]) => {
    const ids = /^serverId$/.test(name) ? [fc.constantFrom('{server}', '{foreign}')] : [];
    return fc
      .option(fc.oneof({ arbitrary: fc.oneof(...ids, valuesOf(schema, name).map(asText)), weight: 3 }, { arbitrary: hostile, weight: 1 }))
      .map((value) =>
        value === null ? '' : `${name}=${encodeURIComponent(value.toWellFormed()).replaceAll('%7B', '{').replaceAll('%7D', '}')}`,
      );
  });
  return fc.tuple(...fields).map((all) => all.filter((one) => one !== '').join('&'));
}
