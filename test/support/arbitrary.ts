import fc, { type Arbitrary } from 'fast-check';

/** As much of JSON Schema as zod writes. */
export interface Schema {
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  items?: Schema;
  maxItems?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  propertyNames?: Schema;
}

// Nothing here leads off this machine; port 9 of it is closed, and the names are resolved to it.
const HOSTS = ['127.0.0.1', '::1', '::ffff:127.0.0.1', 'localhost', 'ship.example', '-oProxyCommand=x', '127.1', '0x7f000001', 'a b', ''];
const MOST_LETTERS = 60;
const MOST_ITEMS = 4;

/** Values that a schema takes, or nearly does: rules that no schema tells are left to the one who asks. */
export function valuesOf(schema: Schema, name = ''): Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map((one) => valuesOf(one, name)));
  if (schema.allOf) return valuesOf(Object.assign({}, ...schema.allOf) as Schema, name);
  if (Array.isArray(schema.type)) return fc.oneof(...schema.type.map((type) => valuesOf({ ...schema, type }, name)));
  switch (schema.type) {
    case 'string':
      return texts(schema, name);
    case 'integer':
      return fc.integer({ min: Math.max(schema.minimum ?? -1e9, -2e9), max: Math.min(schema.maximum ?? 1e9, 2e9) });
    case 'number':
      return fc.double({ min: schema.minimum ?? -1e12, max: schema.maximum ?? 1e12, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}, name), { maxLength: Math.min(schema.maxItems ?? MOST_ITEMS, MOST_ITEMS) });
    case 'object':
      return objects(schema);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function objects({ properties = {}, required = [], additionalProperties, propertyNames = { type: 'string' } }: Schema): Arbitrary<unknown> {
  if (typeof additionalProperties === 'object') {
    const keys = texts(propertyNames, '');
    return fc.dictionary(keys, valuesOf(additionalProperties), { maxKeys: MOST_ITEMS, noNullPrototype: true });
  }
  const fields = Object.fromEntries(Object.entries(properties).map(([key, inner]) => [key, valuesOf(inner, key)]));
  return fc.record(fields, { requiredKeys: required.filter((key) => key in fields), noNullPrototype: true });
}

function texts({ format, pattern, minLength = 0, maxLength = MOST_LETTERS }: Schema, name: string): Arbitrary<string> {
  if (/^host(name)?$/i.test(name)) return fc.constantFrom(...HOSTS);
  if (format === 'date-time')
    return fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((date) => date.toISOString());
  const longest = Math.max(minLength, Math.min(maxLength, MOST_LETTERS));
  const free = fc.string({ unit: 'grapheme', minLength, maxLength: longest });
  return pattern === undefined ? free : fc.oneof({ arbitrary: matching(pattern) ?? free, weight: 4 }, { arbitrary: free, weight: 1 });
}

/** `undefined` for what fast-check cannot turn round: a look ahead, a property of Unicode. */
function matching(pattern: string): Arbitrary<string> | undefined {
  try {
    return fc.stringMatching(new RegExp(pattern)).map((text) => text.slice(0, 2_000));
  } catch {
    return undefined;
  }
}

/** What breaks programs: wrong kinds, prototypes, borders of numbers, control and bidi signs, half a surrogate, too much of something. */
export const HOSTILE: unknown[] = [
  null,
  true,
  0,
  -0,
  -1,
  1.5,
  1e308,
  -1e308,
  2 ** 53,
  2 ** 63,
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\u001b[31mred\u001b]52;c;x\u0007',
  '\u202egnp.exe',
  '\ud800',
  '\u2028\r\nSet-Cookie: a=b',
  '𝕏'.repeat(64),
  'x'.repeat(5_000),
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '../../etc/passwd',
  "'; DROP TABLE server; --",
  '$(reboot)`reboot`',
  '-oProxyCommand=reboot',
  'javascript:alert(1)',
  '=cmd()',
  'NaN',
  'Infinity',
  '1e999',
  '٣',
  '*',
  [],
  [[[[]]]],
  ['__proto__'],
  {},
  JSON.parse('{"__proto__":{"role":"owner"}}'),
  { constructor: { prototype: { role: 'owner' } } },
  { toJSON: 1, valueOf: 1, length: 1e9 },
  Array.from({ length: 1_000 }, () => 0),
];

/** A value with one place of it replaced, or with a key that nobody knows. */
export function spoilt(value: unknown, at: number, hostile: unknown): unknown {
  const places = placesOf(value);
  const path = places[at % places.length] ?? [];
  return replaced(value, path, hostile);
}

function placesOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, one]) => placesOf(one, [...path, key]));
  return [path, ...inner, [...path, 'unknownKey']];
}

function replaced(value: unknown, [key, ...rest]: string[], hostile: unknown): unknown {
  if (key === undefined || typeof value !== 'object' || value === null) return hostile;
  if (Array.isArray(value)) return value.map((one, index) => (String(index) === key ? replaced(one, rest, hostile) : one));
  const before: unknown = Object.hasOwn(value, key) ? Object.entries(value).find(([name]) => name === key)?.[1] : undefined;
  return { ...value, [key]: replaced(before, rest, hostile) };
}
