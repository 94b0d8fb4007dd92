import { REDACTED } from '@clawmoor/shared/openclaw-config.ts';
import { isObject, keysOf, merged, nested, pathOf, valueAt } from './config-path.ts';
import { hasRedacted, hasRedactedInList, listsIn, masked, ownValue, same, withoutRedacted, type Json } from './config-values.ts';
import { configInvalid } from './openclaw-config.problems.ts';

export interface Wish {
  path: string;
  value: unknown;
}

/** One value that changed. A missing key: nothing stood there. */
export interface Difference {
  path: string;
  before?: unknown;
  after?: unknown;
}

export interface Patch {
  /** What the gateway merges into its configuration. */
  patch: Json;
  /** The lists that are to be replaced: the gateway refuses to shorten any other. */
  replacePaths: string[];
  wishes: Wish[];
}

const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/** One patch of several wishes. A placeholder in them leaves the secret alone. Throws `config.invalid`. */
export function patchOf(config: Json, asked: readonly Wish[]): Patch {
  const issues = asked.flatMap(issuesOf);
  if (issues.length > 0) throw configInvalid(issues);
  const wishes = asked.filter(({ value }) => value !== REDACTED).map(({ path, value }) => ({ path, value: withoutRedacted(value) }));
  const patch = wishes.reduce<Json>((whole, { path, value }) => merged(whole, nested(keysOf(path), value)), {});
  const lists = wishes.flatMap(({ path, value }) => {
    const keys = keysOf(path);
    return [...listsIn(value, keys), ...(isObject(value) ? [] : listsIn(valueAt(config, keys), keys))];
  });
  return { patch, replacePaths: [...new Set(lists.map((keys) => keys.join('.')))], wishes };
}

function issuesOf({ path, value }: Wish): { path: string; message: string }[] {
  if (keysOf(path).some((key) => FORBIDDEN.has(key))) return [{ path, message: 'is no setting' }];
  if (hasRedactedInList(value))
    return [{ path, message: 'a list is replaced whole, so the secrets in it must be given again; or change another path' }];
  return [];
}

/** What the wishes changed, value by value, with no secret in it. */
export function differencesOf(before: Json, after: Json, wishes: readonly Wish[]): Difference[] {
  const found = new Map<string, Difference>();
  for (const { path, value } of wishes) {
    const keys = keysOf(path);
    const [one, other] = [masked(valueAt(before, keys), keys), masked(valueAt(after, keys), keys)];
    for (const difference of compare(one, other, { keys, given: value })) found.set(difference.path, difference);
  }
  return [...found.values()];
}

/** `given`: what was sent for this place. A secret that was sent may be another one, though both look the same. */
function compare(before: unknown, after: unknown, { keys, given }: { keys: readonly string[]; given: unknown }): Difference[] {
  if (isObject(before) && isObject(after)) {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
      compare(ownValue(before, key), ownValue(after, key), { keys: [...keys, key], given: ownValue(given, key) }),
    );
  }
  const secretSent = given !== undefined && hasRedacted(after);
  if (same(before, after) && (before === undefined) === (after === undefined) && !secretSent) return [];
  return [{ path: pathOf(keys), ...(before !== undefined && { before }), ...(after !== undefined && { after }) }];
}

/** The wishes that take differences back; `undefined` where a secret would be needed for it. */
export function inverseOf(differences: readonly Difference[]): Wish[] | undefined {
  if (differences.some(({ before }) => hasRedacted(before))) return undefined;
  return differences.map(({ path, before }) => ({ path, value: before ?? null }));
}

/** Whether the configuration still says what the change made it say. */
export const stillStands = (config: Json, differences: readonly Difference[]): boolean =>
  differences.every(({ path, after }) => {
    const keys = keysOf(path);
    const now = masked(valueAt(config, keys), keys);
    return after === undefined ? now === undefined : same(now, after);
  });
