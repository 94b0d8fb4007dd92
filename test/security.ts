// npm run security: which test holds which requirement. Its id stands in the test's name, in brackets: "(S16)", "(S7 S15)".
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

/** What the suite holds, in a few words each. */
export const REQUIREMENTS: Record<string, string> = {
  S1: 'initData is verified on the server',
  S2: 'initData is fresh, and not from the future',
  S3: 'initData is in no address, log or report',
  S4: 'a person is their numeric id, never a name',
  S5: 'a link opens a screen and never acts',
  S6: 'no third-party signature opens anything',
  S7: 'sessions are listed, revoked, ended',
  S8: 'step-up before what a stolen session must not do',
  S9: 'super-admins come from the configuration',
  S10: "the bot's webhook proves where it comes from",
  S11: 'what does not say who may call it is not served',
  S12: 'the access matrix',
  S13: 'every id in a path, query or body is authorised',
  S14: 'an empty or "all" selector means none',
  S15: 'a feed ends with the right to read it',
  S16: 'nobody grants a role at or above their own',
  S17: 'invitations: once, 24 h, hashed',
  S18: 'derived actors have the rights of the moment',
  S19: 'answers name their fields; no secret is among them',
  S20: 'what is taken is strict, typed, capped',
  S21: 'one module speaks SSH and checks the host key',
  S22: 'no credential before the host key is confirmed',
  S23: 'a changed host key stops everything',
  S24: 'the pinned type of key is the only one',
  S25: 'a credential is bound to its host',
  S26: 'commands are quoted in one place',
  S27: 'host and user names have a grammar',
  S28: 'no connection to what is not allowed',
  S29: 'tests of a server are limited',
  S30: 'no outdated algorithms',
  S31: 'sudo passwords and passphrases go by stdin',
  S32: 'a key pair of its own for each server',
  S33: 'what a server says is hostile text',
  S34: 'secrets are sealed to their row; keys rotate',
  S35: 'no start with a missing, weak or wrong key',
  S36: 'no secret in any output',
  S37: 'backups: checked, encrypted, by one-use links',
  S38: 'a restore is checked first and can be taken back',
  S39: 'the audit log is whole and cannot be changed',
  S40: 'headers of every class of answer',
  S41: 'no trust in an address that a client sends',
  S42: 'what is built in is known and checked',
};

/** Each of these must have a test; the others are told. */
export const DEMANDED = Object.keys(REQUIREMENTS).filter((id) => Number(id.slice(1)) <= 20 || Number(id.slice(1)) >= 34);

export interface NamedTest {
  file: string;
  name: string;
}

const IN_BRACKETS = /\(((?:[A-Z]\d+ ?)+)\)/g;
// A text in quotes; what it holds may be a backslash and anything.
const TEXTS = /'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g;

/** Every text of every test file that may be a test's name. */
export function* namedTests(): Generator<NamedTest> {
  const files = globSync('{shared/src,backend/src,webapp/src,cli,ragd,test}/**/*.test.{ts,tsx,mts,mjs}', {
    cwd: ROOT,
    exclude: (name) => name.includes('node_modules'),
  });
  for (const file of files.toSorted())
    for (const [, single, double, template] of readFileSync(join(ROOT, file), 'utf8').matchAll(TEXTS))
      yield { file, name: single ?? double ?? template ?? '' };
}

/** The tests of every requirement, by the names that stand in the files. */
export function testsByRequirement(): Map<string, NamedTest[]> {
  const found = new Map<string, NamedTest[]>(Object.keys(REQUIREMENTS).map((id) => [id, []]));
  for (const { file, name } of namedTests()) {
    const ids = [...name.matchAll(IN_BRACKETS)].flatMap(([, list = '']) => list.split(' '));
    for (const id of new Set(ids)) found.get(id)?.push({ file, name: name.replaceAll(IN_BRACKETS, '').trim() });
  }
  return found;
}

/** Ids that must have a test and have none. */
export const withoutTest = (found: Map<string, NamedTest[]>): string[] => DEMANDED.filter((id) => found.get(id)?.length === 0);

if (process.argv[1] === import.meta.filename) {
  const found = testsByRequirement();
  const missing = withoutTest(found);
  for (const [id, tests] of found) {
    console.log(`${id.padEnd(4)}${REQUIREMENTS[id]}`);
    for (const { file, name } of tests) console.log(`      ${file}: ${name}`);
    if (tests.length === 0) console.log(`      ${missing.includes(id) ? 'NO TEST' : 'no test by this id'}`);
  }
  const held = [...found.values()].filter((tests) => tests.length > 0).length;
  console.log(
    `${held} of ${found.size} requirements have a test${missing.length > 0 ? `; these must have one: ${missing.join(', ')}` : ''}.`,
  );
  process.exitCode = missing.length > 0 ? 1 : 0;
}
