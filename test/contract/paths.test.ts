import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { api } from '@clawmoor/shared/api.ts';
import type { Route } from '@clawmoor/shared/route.ts';

const fixture = (name: string): string[] =>
  readFileSync(join(import.meta.dirname, '../fixtures', name), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));

interface Operation {
  key: string;
  access: string;
}

const wanted: Operation[] = fixture('paths.txt').map((line) => {
  const [method, path, access = ''] = line.split(/\s+/);
  return { key: `${method} ${path}`, access };
});
const pending = fixture('pending.txt');
const routes: Route[] = Object.values(api);
const have = new Map<string, Route>(
  routes.flatMap((route) => [
    [`${route.method.toUpperCase()} ${route.path}`, route] as const,
    ...(route.alsoPost ? [[`POST ${route.path}`, route] as const] : []),
  ]),
);

/** `server:admin`, `task:viewer` and `query:viewer` are `admin` and `viewer` of the reference. */
const plainAccess = ({ access }: Route): string => access.split(':').at(-1) ?? access;

describe('The fixed list of operations', () => {
  it('is served, but for those that are marked pending', () => {
    const missing = wanted.filter(({ key }) => !have.has(key)).map(({ key }) => key);
    expect(missing.toSorted()).toEqual(pending.toSorted());
  });
  it('asks for the role that the reference names', () => {
    const differing = wanted.flatMap(({ key, access }) => {
      const route = have.get(key);
      return route && plainAccess(route) !== access ? [`${key}: ${plainAccess(route)} instead of ${access}`] : [];
    });
    expect(differing).toEqual([]);
  });
  it('has an audit name for every operation that changes something', () => {
    const silent = routes.filter(({ method, audit, path }) => method !== 'get' && audit === undefined && path !== '/auth/refresh');
    expect(silent.map(({ path }) => path)).toEqual([]);
  });
  it('answers both methods where a client of the reference may use either', () => {
    for (const name of ['check-prereqs', 'verify-health', 'check-updates']) expect(have.has(`POST /servers/:id/setup/${name}`)).toBe(true);
  });
  it('loses no operation to another of the same name', async () => {
    const folder = join(import.meta.dirname, '../../shared/src');
    const names: string[] = [];
    for (const file of readdirSync(folder)) {
      const tables = Object.entries((await import(join(folder, file))) as Record<string, object>);
      // A file may hand the routes of several nouns on as one table: each object counts once.
      const own = new Set(tables.filter(([name]) => name.endsWith('Routes')).flatMap(([, table]) => Object.keys(table)));
      names.push(...own);
    }
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
    expect(Object.keys(api).toSorted()).toEqual(names.toSorted());
  });
});
