import { ownValue, type Json } from './config-values.ts';

const WORD = /\["([^"\\]+)"\]|\.?([\w/:@ -]+)/gy;

/** The keys of a path that the contract let through: `a.b["c.d"]` is a, b, c.d. */
export function keysOf(path: string): string[] {
  return [...path.matchAll(WORD)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

export const pathOf = (keys: readonly string[]): string =>
  keys.reduce((path, key) => (/^[\w/:@ -]+$/.test(key) ? (path === '' ? key : `${path}.${key}`) : `${path}["${key}"]`), '');

/** `undefined` where nothing stands. A list has no keys: it is one value. */
export function valueAt(config: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>((value, key) => ownValue(value, key), config);
}

/** The object that has nothing but `value` at this path. */
export function nested(keys: readonly string[], value: unknown): Json {
  return keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Json; // a path has one key at least
}

/** `second` laid over `first`; what is not an object replaces. */
export function merged(first: Json, second: Json): Json {
  const both: Json = { ...first };
  for (const [key, value] of Object.entries(second)) {
    const before = ownValue(both, key);
    both[key] = isObject(before) && isObject(value) ? merged(before, value) : value;
  }
  return both;
}

export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
