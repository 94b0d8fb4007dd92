import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { api } from '@clawmoor/shared/api.ts';
import { DIAGNOSIS_CODES } from '@clawmoor/shared/openclaw-diagnosis.ts';
import { HEALTH_TROUBLES } from '@clawmoor/shared/admin.ts';
import { problemStatus } from '@clawmoor/shared/problem.ts';
import { PREREQ_CODES } from '@clawmoor/shared/setup.ts';
import type { Route } from '@clawmoor/shared/route.ts';
import { en } from './en.ts';
import { later } from './en-later.ts';
import { people } from './en-people.ts';
import { documents } from './en-rag.ts';
import { watching } from './en-watching.ts';
import { findings } from './ru-findings.ts';
import { problems } from './ru-problems.ts';
import { ru } from './ru.ts';
import { ruLater } from './ru-later.ts';
import { ruPeople } from './ru-people.ts';
import { ruRag } from './ru-rag.ts';
import { ruWatching } from './ru-watching.ts';

/** `servers.states.online` → its sentence; a phrase with plural forms counts as one. */
function leavesOf(tree: object, path = ''): Map<string, string> {
  const leaves = new Map<string, string>();
  for (const [key, value] of Object.entries(tree) as [string, unknown][]) {
    const here = path === '' ? key : `${path}.${key}`;
    if (typeof value === 'string') leaves.set(here, value);
    else if (typeof value === 'object' && value !== null && 'other' in value) leaves.set(here, String(value.other));
    else for (const [inner, text] of leavesOf(value as object, here)) leaves.set(inner, text);
  }
  return leaves;
}

const placeholders = (text: string): string[] => [...text.matchAll(/\{\w+\}|#/g)].map(([found]) => found).toSorted();
const english = leavesOf({ ...en, ...later, ...people, ...watching, ...documents });
const russian = leavesOf({ ...ru, ...ruLater, ...ruPeople, ...ruWatching, ...ruRag });

/** What the document search says of a file or of its model; what an operation answers is translated to a problem of ours. */
function documentCodes(): Set<string> {
  const folder = join(import.meta.dirname, '../../../ragd/src');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const found = sources.flatMap((name) => [
    ...readFileSync(join(folder, name), 'utf8').matchAll(/'((?:file|job|embedding|disk)\.[a-z_]+)'/g),
  ]);
  return new Set(found.map(([, code]) => code ?? '').filter((code) => !code.endsWith('.not_found')));
}

describe('The words', () => {
  it('have the same keys in every language, none of them empty', () => {
    expect([...russian.keys()].toSorted()).toEqual([...english.keys()].toSorted());
    expect([...english, ...russian].filter(([, text]) => text.trim() === '')).toEqual([]);
  });

  it('keep the places where values go', () => {
    for (const [key, text] of english) expect(`${key} ${placeholders(russian.get(key) ?? '')}`).toBe(`${key} ${placeholders(text)}`);
  });

  it('are translated: what holds no Cyrillic is a name or a command', () => {
    const latin = [...russian]
      .map(([, text]) => text)
      .filter((text) => !/[а-яё]/i.test(text) && /\p{L}/u.test(text.replace(/\{\w+\}/g, '')));
    expect(latin.filter((text) => !/^(Clawmoor|OpenClaw|OpenAI|Anthropic|Node\.js|npm|sudo|tar|for f in .*)$/.test(text))).toEqual([]);
  });

  it('have every plural form that their language asks for', () => {
    const needed = { en: ['one', 'other'], ru: ['one', 'few', 'many', 'other'] };
    const formsOf = (tree: object): object[] =>
      Object.values(tree).flatMap((value: unknown) =>
        typeof value !== 'object' || value === null ? [] : 'other' in value ? [value] : formsOf(value),
      );
    for (const forms of formsOf({ ...en, ...later, ...people, ...watching, ...documents }))
      expect(Object.keys(forms).toSorted()).toEqual(needed.en.toSorted());
    for (const forms of formsOf({ ...ru, ...ruLater, ...ruPeople, ...ruWatching, ...ruRag }))
      expect(Object.keys(forms).toSorted()).toEqual(needed.ru.toSorted());
  });

  it('name every action of the audit log (U19)', () => {
    const routes: Route[] = Object.values(api);
    // Those that no operation causes, but a refusal, the clock or a command.
    const others = ['access.denied', 'access.expire', 'audit.retention', 'backup.restore', 'keys.rotate'];
    const actions = [...others, ...routes.flatMap(({ audit }) => audit ?? [])];
    expect(actions.filter((action) => !(action in people.auditActions))).toEqual([]);
  });

  it('say every problem in Russian, what the checks of a server find, and what can be the matter with the installation', () => {
    expect([...PREREQ_CODES, ...HEALTH_TROUBLES, ...DIAGNOSIS_CODES].filter((code) => !(code in findings))).toEqual([]);
    expect([...documentCodes()].filter((code) => !(code in findings))).toEqual([]);
    expect(Object.keys(problemStatus).filter((code) => !(code in problems))).toEqual([]);
  });
});
