import { useSyncExternalStore } from 'react';

export interface Wish {
  path: string;
  /** `null` removes. */
  value: unknown;
  isSecret: boolean;
}

export interface Wishes {
  /** The configuration that was looked at when the first change was made, and its hash. */
  base: { hash: string; config: Record<string, unknown> } | undefined;
  wishes: readonly Wish[];
}

const NONE: Wishes = { base: undefined, wishes: [] };
const known = new Map<string, Wishes>();
const listeners = new Set<() => void>();
const keyOf = (serverId: string): string => `config:${serverId}`;

/** Changes of a configuration that are not applied yet: they outlive a walk through its screens and a reload, but secrets only the walk. */
export function useWishes(serverId: string): Wishes {
  return useSyncExternalStore(subscribe, () => wishesOf(serverId));
}

export function wish(serverId: string, base: Wishes['base'], one: Wish): void {
  const before = wishesOf(serverId);
  // What is entered for an object replaces what was entered for its parts.
  const others = before.wishes.filter(
    ({ path }) => path !== one.path && !path.startsWith(`${one.path}.`) && !path.startsWith(`${one.path}[`),
  );
  put(serverId, { base: before.base ?? base, wishes: [...others, one] });
}

export function unwish(serverId: string, path: string): void {
  const { base, wishes } = wishesOf(serverId);
  const left = wishes.filter((one) => one.path !== path);
  put(serverId, left.length === 0 ? NONE : { base, wishes: left });
}

/** The same changes, upon what stands there now. */
export const rebase = (serverId: string, base: NonNullable<Wishes['base']>): void => put(serverId, { ...wishesOf(serverId), base });

export const forgetWishes = (serverId: string): void => put(serverId, NONE);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function wishesOf(serverId: string): Wishes {
  const found = known.get(serverId) ?? read(serverId);
  known.set(serverId, found);
  return found;
}

function put(serverId: string, next: Wishes): void {
  known.set(serverId, next);
  const kept = next.wishes.filter(({ isSecret }) => !isSecret);
  if (kept.length === 0) sessionStorage.removeItem(keyOf(serverId));
  else sessionStorage.setItem(keyOf(serverId), JSON.stringify({ ...next, wishes: kept }));
  for (const listener of listeners) listener();
}

function read(serverId: string): Wishes {
  try {
    return { ...NONE, ...(JSON.parse(sessionStorage.getItem(keyOf(serverId)) ?? '{}') as Partial<Wishes>) };
  } catch {
    return NONE;
  }
}
