import * as z from 'zod/mini';
import { ProblemBody, problemStatus } from '@clawmoor/shared/problem.ts';
import type { Access, Route } from '@clawmoor/shared/route.ts';
import { exampleOf, wordFor } from './example.ts';
import { problemsOf } from './problems-of.ts';
import { PER_MINUTE } from './rate-limit.ts';
import { scopeOf } from './scope.ts';

type Json = Record<string, unknown>;

/** In examples; whoever shows them puts the real address in its place. */
const EXAMPLE_ORIGIN = 'https://clawmoor.example';

/** The route table as an OpenAPI 3.1 document: with who may call, the limits, every error and an example of each operation. */
export function describeApi(table: Record<string, Route>, { version }: { version: string }): Json & { openapi: string } {
  const paths: Record<string, Json> = {};
  for (const [name, route] of Object.entries(table)) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    const operations = (paths[path] ??= {});
    operations[route.method] = operation(name, route);
    if (route.alsoPost) operations['post'] = { ...operation(name, { ...route, method: 'post' }), operationId: `${name}ByPost` };
  }
  return {
    openapi: '3.1.1',
    info: { title: 'Clawmoor', version, license: { name: 'MIT' } },
    servers: [{ url: '/api' }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: "A session's JWT, or a personal token (cmr_…)" } },
      schemas: { Problem: schemaOf(ProblemBody, 'output') },
    },
  };
}

function operation(name: string, route: Route): Json {
  const { access, body, limit, summary } = route;
  const request = body && contentOf(body, 'input');
  return {
    operationId: name,
    tags: [tagOf(route)],
    summary,
    description: [
      `For ${whoMay(access)}.`,
      ...(access === 'public' ? [] : [scopeWords(route)]),
      ...(route.stepUp ? ['Needs step-up: a one-use code of POST /auth/step-up in the header X-Step-Up.'] : []),
      ...(limit ? [limitWords(limit)] : []),
      ...(route.takes ? [takesWords(route.takes)] : []),
      ...(body ? [`The body may have ${Math.round((route.bodyBytes ?? 256 * 1024) / 1024)} KB.`] : []),
    ].join(' '),
    security: access === 'public' ? [] : [{ bearer: [] }],
    parameters: [...pathParameters(route.path), ...queryParameters(route.query), ...headerParameters(route)],
    ...(route.takes && { requestBody: { required: true, content: { 'multipart/form-data': { schema: FILES } } } }),
    ...(request && { requestBody: { required: true, content: { 'application/json': request } } }),
    responses: { [route.status ?? 200]: success(route), ...failures(route) },
    'x-codeSamples': [{ lang: 'Shell', label: 'curl', source: curl(route, request?.example) }],
  };
}

const FILES = {
  type: 'object',
  properties: { files: { type: 'array', items: { type: 'string', format: 'binary' } } },
  required: ['files'],
};
const takesWords = ({ most, eachBytes }: NonNullable<Route['takes']>): string =>
  `Send ${most === 1 ? 'one file' : `up to ${most} files`} of at most ${Math.round(eachBytes / 1024 ** 2)} MB each in the field \`files\`.`;

const WHO: Record<Access, string> = {
  public: 'anybody, also without a token',
  user: 'everybody who is signed in',
  super: 'super-admins of this installation',
  'server:viewer': 'everybody with whom the server is shared',
  'server:admin': 'admins of the server and its owner',
  'server:owner': 'the owner of the server',
  'task:viewer': "everybody with whom the task's server is shared",
  'task:admin': "admins of the task's server and its owner",
  'task:owner': "the owner of the task's server",
  'incident:viewer': "everybody with whom the incident's server is shared",
  'incident:admin': "admins of the incident's server and its owner",
  'incident:owner': "the owner of the incident's server",
  'query:viewer': 'everybody who is signed in; of servers that are shared with them',
  'query:admin': 'everybody who is signed in; of servers of which they are an admin',
  'query:owner': 'everybody who is signed in; of servers that are theirs',
};
const whoMay = (access: Access): string => WHO[access];

function scopeWords(route: Route): string {
  const scope = scopeOf(route);
  return scope === 'session' ? 'A personal token is not enough: sign in.' : `A personal token needs the scope ${scope}.`;
}

const limitWords = (limit: NonNullable<Route['limit']>): string =>
  `At most ${PER_MINUTE[limit]} times a minute ${limit === 'sign-in' ? 'from one address or person' : 'for one person'}.`;

/** What the documentation puts together: the noun that follows the server, else the first of the path. */
function tagOf({ path }: Route): string {
  const [first = '', , second, third] = path.slice(1).split('/');
  if (first !== 'servers' || second === undefined) return first === 'admin' ? 'admin' : first;
  return second === 'openclaw' && third !== undefined && !third.startsWith(':') ? `openclaw ${third}` : second;
}

function success(route: Route): Json {
  const content = route.emits
    ? { 'text/event-stream': { schema: { type: 'string', description: `Events: ${Object.keys(route.emits).join(', ')}` } } }
    : route.sends === 'page'
      ? { 'text/html': { schema: { type: 'string' } } }
      : route.sends
        ? { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } }
        : route.returns && { 'application/json': contentOf(route.returns, 'output') };
  return { description: route.summary, ...(content && { content }) };
}

/** One answer for each status that a failure has, with its codes. */
function failures(route: Route): Json {
  const byStatus = new Map<number, string[]>();
  for (const code of problemsOf(route)) byStatus.set(problemStatus[code], [...(byStatus.get(problemStatus[code]) ?? []), code]);
  const problem = { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } };
  const named = [...byStatus].map(([status, codes]) => [status, { description: codes.join(', '), content: problem, 'x-codes': codes }]);
  return { ...Object.fromEntries(named), default: { description: 'A problem that any operation may have', content: problem } };
}

function contentOf(schema: z.ZodMiniType, io: 'input' | 'output'): { schema: Json; example?: unknown } {
  const json = schemaOf(schema, io);
  const example = exampleOf(schema, json);
  return { schema: json, ...(example !== undefined && { example }) };
}

function curl(route: Route, body: unknown): string {
  const address = EXAMPLE_ORIGIN + '/api' + route.path.replace(/:(\w+)/g, (_all, name: string) => exampleId(name, route));
  const lines = [
    `curl ${route.method === 'get' ? '' : `-X ${route.method.toUpperCase()} `}'${address}'`,
    ...(route.access === 'public' ? [] : [`-H "Authorization: Bearer $CLAWMOOR_TOKEN"`]),
    ...(route.stepUp ? ['-H "X-Step-Up: $CODE"'] : []),
    ...(route.idempotent ? [`-H "Idempotency-Key: $(uuidgen)"`] : []),
    ...(route.emits ? ['-N'] : []),
    ...(route.sends === 'file' ? ['-OJ'] : []),
    ...(route.takes ? [`-F 'files=@document.pdf'`] : []),
    ...(route.body ? [`-H 'Content-Type: application/json'`, `-d '${JSON.stringify(body ?? {}).replaceAll("'", "'\\''")}'`] : []),
  ];
  return lines.join(' \\\n  ');
}

const exampleId = (name: string, { path }: Route): string =>
  encodeURIComponent(String(wordFor(name === 'id' && path.startsWith('/tasks') ? 'taskId' : name, { type: 'string' })));

const pathParameters = (path: string): Json[] =>
  [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));

function queryParameters(query: Route['query']): Json[] {
  if (!query) return [];
  const { properties = {}, required = [] } = schemaOf(query, 'input') as { properties?: Json; required?: string[] };
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: required.includes(name), schema }));
}

const headerParameters = (route: Route): Json[] => [
  ...(route.idempotent ? [{ name: 'Idempotency-Key', in: 'header', required: false, schema: { type: 'string', maxLength: 128 } }] : []),
  ...(route.stepUp ? [{ name: 'X-Step-Up', in: 'header', required: false, schema: { type: 'string', maxLength: 128 } }] : []),
  ...(route.sends === 'file' ? [{ name: 'ticket', in: 'query', required: false, schema: { type: 'string' } }] : []),
  ...(route.emits ? [{ name: 'Last-Event-ID', in: 'header', required: false, schema: { type: 'integer' } }] : []),
];

function schemaOf(schema: z.ZodMiniType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    // The format says it all; zod's expression for it is half a page each time.
    override: ({ jsonSchema }) => void (jsonSchema.format === 'date-time' && delete jsonSchema.pattern),
  });
  return json;
}
