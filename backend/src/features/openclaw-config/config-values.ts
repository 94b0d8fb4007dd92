import { REDACTED } from '@clawmoor/shared/openclaw-config.ts';

export type Json = Record<string, unknown>;

const SECRET_KEY = /token|secret|passw|passphrase|api[_-]?key|private[_-]?key|credential|authorization|cookie|webhook/i;
/** Not secrets, whatever they are called. */
const COUNTS = /^(max|min)?tokens?$|tokens$|maxTokens|tokenBudget|contextTokens/i;
/** Whatever stands below these may be one: OpenClaw itself redacts there only by name. */
const SECRET_PLACE = new Set(['env', 'vars', 'headers']);

export function ownValue(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, key)) return undefined;
  return (value as Json)[key];
}

/** A copy in which no secret is left, as far as names and places tell; the gateway has redacted what it knows already. */
export function masked(value: unknown, keys: readonly string[] = []): unknown {
  if (Array.isArray(value)) return value.map((item) => masked(item, keys));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, masked(inner, [...keys, key])]));
  return mayBeSecret(value, keys) ? REDACTED : value;
}

function mayBeSecret(value: unknown, keys: readonly string[]): boolean {
  if (typeof value !== 'string' || value === '') return false;
  if (keys.slice(0, -1).some((key) => SECRET_PLACE.has(key))) return true;
  // Also an object below a name such as `token`: a reference {source, id} is no secret, but its id says little to anybody.
  const name = keys.at(-1) ?? '';
  return (SECRET_KEY.test(name) && !COUNTS.test(name)) || /:\/\/[^/@\s]+:[^/@\s]+@/.test(value);
}

export const hasRedacted = (value: unknown): boolean =>
  value === REDACTED ||
  (Array.isArray(value) ? value.some(hasRedacted) : typeof value === 'object' && value !== null && Object.values(value).some(hasRedacted));

/** The value without the placeholders: merged into what is there, they leave the real secrets alone. Lists are kept as they are. */
export function withoutRedacted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== REDACTED)
      .map(([key, inner]) => [key, withoutRedacted(inner)]),
  );
}

/** Whether a list somewhere in it holds a placeholder: a list is replaced whole, so there is nothing to leave alone. */
export const hasRedactedInList = (value: unknown): boolean =>
  Array.isArray(value) ? hasRedacted(value) : typeof value === 'object' && value !== null && Object.values(value).some(hasRedactedInList);

/** Where lists stand in a value, as keys below it. */
export function listsIn(value: unknown, keys: readonly string[]): string[][] {
  if (Array.isArray(value)) return [[...keys]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => listsIn(inner, [...keys, key]));
}

export function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value ?? null;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
