import { isDeepStrictEqual } from 'node:util';
import { api } from '@clawmoor/shared/api.ts';
import { GENERAL, problemsOf } from '../../backend/src/http/problems-of.ts';
import { ProblemBody, problemStatus, type ProblemCode } from '@clawmoor/shared/problem.ts';
import type { Route } from '@clawmoor/shared/route.ts';
import * as z from 'zod/mini';

/** What a response is judged by. `text`: the whole body, empty for a file. */
export interface Answered {
  method: string;
  /** Below the host, with its query. */
  path: string;
  status: number;
  header: (name: string) => string | undefined;
  text: string;
}

export interface Operation {
  name: keyof typeof api;
  route: Route;
}

const patterns = Object.entries(api).map(([name, route]: [string, Route]) => ({
  // The keys of the table are the names of its operations.
  name: name as keyof typeof api,
  route,
  fits: new RegExp(`^/api${route.path.replaceAll('.', '\\.').replace(/:\w+/g, '[^/]+')}/?$`),
}));

/** The operation that a request reaches: the first of the table, as the router takes it. */
export function operationAt(method: string, path: string): Operation | undefined {
  const wanted = method === 'HEAD' ? 'get' : method.toLowerCase();
  const { pathname } = new URL(path, 'http://here');
  return patterns.find(
    ({ route, fits }) => fits.test(pathname) && (route.method === wanted || (wanted === 'post' && route.alsoPost === true)),
  );
}

/** Every 500 without a code of its own is a bug of ours, unless a test has broken something to see it. */
export const BUG = 'an unexpected failure of ours';

/** Telegram's own door stands beside the table: it is no operation for people. */
const isBeside = (path: string): boolean => path === '/api/bot/webhook';

/** What is wrong with a response, in words; nothing where it is what the route table promises. */
export function mismatches(answered: Answered): string[] {
  const { method, path, status, header } = answered;
  const { pathname } = new URL(path, 'http://here');
  // Telegram's own door is no operation of the API: tests of its own say what it answers.
  if (!pathname.startsWith('/api/') || pathname === '/api/bot/webhook') return [];
  const found = operationAt(method, path);
  const said = [
    ...(header('x-request-id') === undefined ? ['it has no X-Request-Id'] : []),
    ...(header('cache-control')?.includes('no-store') ? [] : [`its Cache-Control is ${header('cache-control')}, not no-store`]),
    ...(status < 400 && isBeside(path) ? [] : status >= 400 ? problemMismatches(answered, found) : successMismatches(answered, found)),
  ];
  return said.map((words) => `${method} ${path.split('?')[0]} answered ${status} (${found?.name ?? 'no operation'}): ${words}`);
}

function problemMismatches({ method, path, status, header, text }: Answered, found: Operation | undefined): string[] {
  if (method === 'HEAD') return [];
  if (!header('content-type')?.startsWith('application/json')) return [`a problem of the type ${header('content-type')}`];
  const body = readJson(text);
  const strange = strangeIn(ProblemBody, body);
  if (strange !== undefined) return [`no problem envelope: ${strange}`];
  const { code, requestId, issues, taskId } = body as ProblemBody;
  return [
    ...(isCode(code) && problemStatus[code] === status ? [] : [`the code ${code} does not belong to this status`]),
    ...(code === 'internal.unexpected' ? [BUG] : []),
    ...(requestId === header('x-request-id') ? [] : ['the requestId is not the X-Request-Id']),
    ...(issues !== undefined && status !== 400 ? ['issues without 400'] : []),
    ...(taskId !== undefined && status !== 409 ? ['a taskId without 409'] : []),
    ...(status === 429 && !/^\d+$/.test(header('retry-after') ?? '') ? ['429 without Retry-After'] : []),
    ...(status === 405 && header('allow') === undefined ? ['405 without Allow'] : []),
    ...(found && isCode(code) && ![...GENERAL, ...problemsOf(found.route)].includes(code)
      ? [`${code} is not declared: see problems-of.ts`]
      : []),
    ...(found === undefined && !isBeside(path) && !ofNoOperation.includes(code) ? [`${code} of no operation`] : []),
  ];
}

// The last one: an escape sequence in the path that cannot be read.
const ofNoOperation = ['route.not_found', 'route.method_not_allowed', 'request.invalid'];

function successMismatches({ method, status, header, text }: Answered, found: Operation | undefined): string[] {
  if (!found) return ['there is no such operation'];
  const { route } = found;
  const type = header('content-type') ?? '';
  const said = status === (route.status ?? 200) ? [] : [`${route.status ?? 200} is declared`];
  if (route.limit && header('x-ratelimit-limit') === undefined) said.push('it is limited, and does not say by how much');
  if (route.emits) return [...said, ...(type.startsWith('text/event-stream') ? eventMismatches(route.emits, text) : [`a feed as ${type}`])];
  if (route.sends === 'page') return [...said, ...(type.startsWith('text/html') ? [] : [`a page of the type ${type}`])];
  if (route.sends) return [...said, ...fileMismatches(type, header('content-disposition'))];
  if (!route.returns) return [...said, ...(text === '' ? [] : ['nothing is declared, yet it has a body'])];
  if (method === 'HEAD') return said;
  if (!type.startsWith('application/json')) return [...said, `JSON as ${type}`];
  const strange = strangeIn(route.returns, readJson(text));
  return strange === undefined ? said : [...said, strange];
}

/** Downloads never open in the browser: a page among them would run with our origin. */
const fileMismatches = (type: string, disposition: string | undefined): string[] => [
  ...(/^(application\/(gzip|zip|octet-stream|x-ndjson|json)|text\/(csv|plain))\b/.test(type) ? [] : [`a file of the type ${type}`]),
  ...(disposition?.startsWith('attachment; filename="') ? [] : ['a file that is no download']),
];

function eventMismatches(emits: NonNullable<Route['emits']>, text: string): string[] {
  // What comes after the last empty line was cut off with the connection.
  const blocks = text.split('\n\n').slice(0, -1);
  return blocks.flatMap((block) => {
    const fields = block.split('\n').filter((line) => line !== '' && !line.startsWith(':'));
    const wrong = fields.find((line) => !/^(id: \d+|event: \w+|data: .*|retry: \d+)$/.test(line));
    if (wrong !== undefined) return [`a feed with the line ${wrong.slice(0, 80)}`];
    const event = fields.find((line) => line.startsWith('event: '))?.slice(7);
    if (event === undefined) return fields.some((line) => line.startsWith('data: ')) ? ['an event without a name'] : [];
    const schema = emits[event];
    if (!schema) return [`the event ${event} is not declared`];
    const strange = strangeIn(schema, readJson(fields.find((line) => line.startsWith('data: '))?.slice(6) ?? ''));
    return strange === undefined ? [] : [`event ${event}: ${strange}`];
  });
}

/** Read by its schema, a body stays exactly what it is: nothing missing, nothing besides. */
function strangeIn(schema: z.ZodMiniType, body: unknown): string | undefined {
  const parsed = schema.safeParse(body);
  if (!parsed.success) return z.prettifyError(parsed.error);
  return isDeepStrictEqual(parsed.data, body) ? undefined : `fields that the schema does not name: ${JSON.stringify(body).slice(0, 300)}`;
}

const NO_JSON = Symbol('no JSON');

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return NO_JSON;
  }
}

const isCode = (code: string): code is ProblemCode => Object.hasOwn(problemStatus, code);
