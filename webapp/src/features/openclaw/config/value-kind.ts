import { isObject } from './config-path.ts';

/** How a value is entered. `json`: whatever the schema allows that no simple field can hold; with `orText` also a bare word. */
export type ValueKind =
  | { kind: 'switch' | 'number' | 'text' | 'lines' }
  | { kind: 'json'; orText?: boolean }
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
  return { kind: 'json', orText: takesText(schema) };
}

const takesText = (schema: Record<string, unknown>): boolean => {
  const any = schema['anyOf'] ?? schema['oneOf'];
  return Array.isArray(any) && any.some((one) => isObject(one) && one['type'] === 'string' && one['const'] === undefined);
};

function optionsOf(schema: Record<string, unknown>): string[] | undefined {
  if (Array.isArray(schema['enum'])) return schema['enum'].every(isText) ? schema['enum'] : undefined;
  const any = schema['anyOf'] ?? schema['oneOf'];
  if (!Array.isArray(any) || any.length === 0) return undefined;
  const consts = any.map((one) => (isObject(one) ? one['const'] : undefined));
  return consts.every(isText) ? consts : undefined;
}

const isText = (value: unknown): value is string => typeof value === 'string';

/** What a person typed as a value; `undefined` where it is none. */
export function parseValue(of: ValueKind, typed: string): unknown {
  const { kind } = of;
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
    return of.kind === 'json' && of.orText === true && !/^\s*[[{"]/.test(typed) ? typed.trim() : undefined;
  }
}

/** A value as its field shows it. */
export function typedOf(of: ValueKind, value: unknown): string {
  if (value === undefined || value === null) return '';
  if (of.kind === 'lines' && Array.isArray(value)) return value.join('\n');
  const bare = of.kind !== 'json' || of.orText === true;
  return typeof value === 'string' && bare ? value : JSON.stringify(value, undefined, 2);
}
