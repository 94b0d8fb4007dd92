import * as z from 'zod/mini';
import { ProblemBody } from '@clawmoor/shared/problem.ts';
import type { Route } from '@clawmoor/shared/route.ts';

type Json = Record<string, unknown>;

/** The route table as an OpenAPI 3.1 document. */
export function describeApi(table: Record<string, Route>, { version }: { version: string }): Json & { openapi: string } {
  const paths: Record<string, Json> = {};
  for (const [name, route] of Object.entries(table)) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    const operations = (paths[path] ??= {});
    operations[route.method] = operation(name, route);
    if (route.alsoPost) operations['post'] = { ...operation(name, route), operationId: `${name}ByPost` };
  }
  return {
    openapi: '3.1.1',
    info: { title: 'Clawmoor', version, license: { name: 'MIT' } },
    servers: [{ url: '/api' }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: { Problem: schemaOf(ProblemBody, 'output') },
    },
  };
}

function operation(name: string, route: Route): Json {
  const answer = route.emits
    ? { 'text/event-stream': { schema: { type: 'string', description: eventsOf(route.emits) } } }
    : route.sends
      ? { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } }
      : route.returns && { 'application/json': { schema: schemaOf(route.returns, 'output') } };
  return {
    operationId: name,
    summary: route.summary,
    description: `Access: ${route.access}`,
    security: route.access === 'public' ? [] : [{ bearer: [] }],
    parameters: [...pathParameters(route.path), ...queryParameters(route.query), ...headerParameters(route)],
    ...(route.body && { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(route.body, 'input') } } } }),
    responses: {
      [route.status ?? 200]: { description: route.summary, ...(answer && { content: answer }) },
      default: { description: 'A problem', content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } } },
    },
  };
}

const eventsOf = (emits: NonNullable<Route['emits']>): string => `Events: ${Object.keys(emits).join(', ')}`;

const pathParameters = (path: string): Json[] =>
  [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));

function queryParameters(query: Route['query']): Json[] {
  if (!query) return [];
  const { properties = {}, required = [] } = schemaOf(query, 'input') as { properties?: Json; required?: string[] };
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: required.includes(name), schema }));
}

const headerParameters = (route: Route): Json[] => [
  ...(route.idempotent ? [{ name: 'Idempotency-Key', in: 'header', required: false, schema: { type: 'string', maxLength: 128 } }] : []),
  ...(route.sends ? [{ name: 'ticket', in: 'query', required: false, schema: { type: 'string' } }] : []),
  ...(route.emits ? [{ name: 'Last-Event-ID', in: 'header', required: false, schema: { type: 'integer' } }] : []),
];

function schemaOf(schema: z.ZodMiniType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return json;
}
