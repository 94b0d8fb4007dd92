/** As much of OpenAPI as our own document has. */
export interface Schema {
  type?: string | string[];
  description?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  maxItems?: number;
  default?: unknown;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
}

interface Content {
  schema?: Schema;
  example?: unknown;
}

export interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  description: string;
  parameters: { name: string; in: string; required: boolean; schema: Schema }[];
  requestBody?: { content: Record<string, Content> };
  responses: Record<string, { description: string; content?: Record<string, Content>; 'x-codes'?: string[] }>;
  'x-codeSamples': { source: string }[];
}

export interface ApiDocument {
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
}

export interface Field {
  name: string;
  required: boolean;
  rules: string;
}

/** The fields of a schema, those inside others by their path: `jump.host`. */
export function fieldsOf(schema: Schema, at = ''): Field[] {
  const objects = [schema, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((one) =>
    one.type === 'array' && one.items ? [one.items] : [one],
  );
  return objects.flatMap(({ properties = {}, required = [] }) =>
    Object.entries(properties).flatMap(([key, inner]) => [
      { name: at + key, required: required.includes(key), rules: rulesOf(inner) },
      ...fieldsOf(inner, `${at}${key}${inner.type === 'array' ? '[]' : ''}.`),
    ]),
  );
}

/** In words: `integer, 1 to 65535; 22 where left out`. */
export function rulesOf(schema: Schema): string {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return [...new Set(choices.map(rulesOf))].join(' or ');
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(', ');
  const type = Array.isArray(schema.type) ? schema.type.join(' or ') : (schema.type ?? 'anything');
  const kind =
    schema.format === 'date-time' ? 'time, ISO 8601' : type === 'array' && schema.items ? `list of: ${rulesOf(schema.items)}` : type;
  const sizes = [
    range(schema.minimum, schema.maximum, ''),
    range(schema.minLength, schema.maxLength, ' characters'),
    schema.maxItems === undefined ? '' : `at most ${schema.maxItems}`,
    schema.pattern === undefined || schema.pattern.length > 60 ? '' : `of the form ${schema.pattern}`,
  ].filter(Boolean);
  const otherwise = schema.default === undefined ? '' : `; ${JSON.stringify(schema.default)} where left out`;
  return [kind, ...sizes].join(', ') + otherwise;
}

const FAR = 1e9; // beyond this a border is that of the number itself and says nothing
function range(least: number | undefined, most: number | undefined, unit: string): string {
  const from = least !== undefined && least > -FAR && !(unit !== '' && least === 0) ? least : undefined;
  const to = most !== undefined && most < FAR ? most : undefined;
  if (from === undefined) return to === undefined ? '' : `at most ${to}${unit}`;
  return to === undefined ? `at least ${from}${unit}` : `${from} to ${to}${unit}`;
}
