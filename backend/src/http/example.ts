import type * as z from 'zod/mini';

type Json = Record<string, unknown>;

interface Schema {
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  default?: unknown;
  format?: string;
  pattern?: string;
  minimum?: number;
  minLength?: number;
  maxLength?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
}

// Texts that say what is meant, by the name of their field.
const WORDS: Record<string, string> = {
  id: 'srv_4fK2hP9qLm7Xc1Rv8TzB',
  serverId: 'srv_4fK2hP9qLm7Xc1Rv8TzB',
  toServerId: 'srv_8wN3jD6sGy5Ae0Uk2QfH',
  taskId: 'tsk_7bV1cM4xZr9Lp3Ws6JdT',
  userId: '123456789',
  forUserId: '123456789',
  name: 'Harbour',
  firstName: 'Olga',
  host: 'harbour.example.com',
  username: 'clawmoor',
  model: 'anthropic/claude-sonnet-4-5',
  agentId: 'main',
  sha256: 'SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8',
  timeZone: 'Europe/Berlin',
  start: '22:00',
  end: '07:00',
  version: '2026.9.6',
  path: '/admin/backups/download/clawmoor-2026-05-01T031500-000Z.db.gz',
  filename: 'clawmoor-2026-05-01T031500-000Z.db.gz',
  initData: 'query_id=…&user=…&auth_date=…&hash=…',
  userCode: 'BCDF-GHJK',
  code: 'dGhpcyBpcyBhbiBleGFtcGxl',
  baseHash: 'd2c5e8b1f4a7',
  hash: 'd2c5e8b1f4a7',
  password: '…',
  apiKey: '…',
  privateKey: '-----BEGIN OPENSSH PRIVATE KEY-----\n…',
  cron: '0 9 * * 1',
  ip: '203.0.113.7',
  state: 'online',
};
// For texts that must have a form: the first that has it.
const FORMS = [
  ...Object.values(WORDS),
  'main',
  'a',
  '1',
  '10.20',
  'github',
  'agent:main:main',
  '0123456789abcdef0123456789abcdef',
  'a'.repeat(64),
  'aGVsbG8=',
  'https://example.com',
  '2026-05-01',
];

/**
 * A value that a schema takes, made from the schema: with every field where that is allowed, else with those it needs. `undefined`
 * where there is none to be found by rules that are so simple.
 */
export function exampleOf(schema: z.ZodMiniType, json: Json): unknown {
  const tries = [valueOf(json, { name: '', all: true }), valueOf(json, { name: '', all: false })];
  return tries.find((one) => schema.safeParse(one).success);
}

/** A value for a single parameter of a path or a query. */
export const wordFor = (name: string, schema: Json): unknown => valueOf(schema, { name, all: false });

function valueOf(schema: Schema, { name, all }: { name: string; all: boolean }): unknown {
  if ('const' in schema) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.default !== undefined && !all) return schema.default;
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return valueOf(choices.find(({ type }) => type !== 'null') ?? {}, { name, all });
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== 'null') : schema.type;
  if (type === 'object') return objectOf(schema, all);
  if (type === 'array') return schema.items ? [valueOf(schema.items, { name: name.replace(/s$/, ''), all })] : [];
  if (type === 'boolean') return true;
  if (type === 'integer' || type === 'number') return numberOf(schema, name);
  if (type === 'string') return textOf(schema, name);
  return 'text';
}

function objectOf({ properties = {}, required = [], additionalProperties }: Schema, all: boolean): Json {
  const wanted = Object.entries(properties).filter(([key]) => all || required.includes(key));
  const named = Object.fromEntries(wanted.map(([key, inner]) => [key, valueOf(inner, { name: key, all })]));
  if (typeof additionalProperties !== 'object' || wanted.length > 0) return named;
  return all ? { example: valueOf(additionalProperties, { name: '', all }) } : {};
}

const NUMBERS: Record<string, number> = { port: 22, limit: 50, size: 4096, ms: 12, interval: 5, limitUsd: 5 };
const numberOf = ({ minimum = 0 }: Schema, name: string): number => Math.max(NUMBERS[name] ?? 1, minimum < -1e6 ? 0 : minimum);

function textOf({ format, pattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY }: Schema, name: string): string {
  if (format === 'date-time') return '2026-05-01T12:00:00Z';
  if (format === 'uri') return 'https://hooks.example.com/clawmoor';
  const fits = (text: string): boolean =>
    text.length >= minLength && text.length <= maxLength && (pattern === undefined || new RegExp(pattern, 'u').test(text));
  const word = Object.hasOwn(WORDS, name) ? WORDS[name] : undefined;
  if (word !== undefined && fits(word)) return word;
  return (pattern === undefined ? [name || 'text', 'text', 'x'.repeat(minLength)] : FORMS).find(fits) ?? 'text';
}
