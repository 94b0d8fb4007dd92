import { isObject } from './config-path.ts';

/** How a value is entered. `json`: whatever the schema allows that no simple field can hold. */
export type ValueKind =
  | { kind: 'switch' | 'number' | 'text' | 'lines' | 'json' }
  | { kind: 'choice'; options: string[] }
  /** An object whose keys a person names: `models.providers`. */
  | { kind: 'map' }
  /** An object of named settings. */
  | { kind: 'settings' };

export function kindOf(schema: unknown): ValueKind {
  if (!isObject(schema)) return { kind: 'json' };
  const { type, items, additionalProperties } = schema;
  const options = optionsOf(schema);
  if (options) return { kind: 'choice', options };
  if (type === 'boolean') return { kind: 'switch' };
  if (type === 'integer' || type === 'number') return { kind: 'number' };
  if (type === 'string') return { kind: 'text' };
  if (type === 'array') return isObject(items) && items['type'] === 'string' ? { kind: 'lines' } : { kind: 'json' };
  if (type === 'object') return isObject(additionalProperties) ? { kind: 'map' } : { kind: 'settings' };
  return { kind: 'json' };
}

function optionsOf(schema: Record<string, unknown>): string[] | undefined {
  if (Array.isArray(schema['enum'])) return schema['enum'].every(isText) ? schema['enum'] : undefined;
  const any = schema['anyOf'] ?? schema['oneOf'];
  if (!Array.isArray(any) || any.length === 0) return undefined;
  const consts = any.map((one) => (isObject(one) ? one['const'] : undefined));
  return consts.every(isText) ? consts : undefined;
}

const isText = (value: unknown): value is string => typeof value === 'string';

/** What a person typed as a value; `undefined` where it is none. */
export function parseValue({ kind }: ValueKind, typed: string): unknown {
  if (kind === 'number') return typed.trim() === '' || Number.isNaN(Number(typed)) ? undefined : Number(typed);
  if (kind === 'lines')
    return typed
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
  if (kind === 'switch') return typed === 'true';
  if (kind === 'text' || kind === 'choice') return typed;
  try {
    return JSON.parse(typed) as unknown;
  } catch {
    return undefined;
  }
}

/** A value as its field shows it. */
export const typedOf = ({ kind }: ValueKind, value: unknown): string =>
  value === undefined || value === null
    ? ''
    : kind === 'lines' && Array.isArray(value)
      ? value.join('\n')
      : typeof value === 'string' && kind !== 'json'
        ? value
        : JSON.stringify(value, undefined, 2);
