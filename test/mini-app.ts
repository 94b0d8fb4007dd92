// npm run checklist: which test holds which item of the Mini App's checklist, and which convention. They stand in the test's name, in
// brackets: "(checklist 5, 31, U21)".
import { namedTests, type NamedTest } from './security.ts';

/** What a Mini App must do inside Telegram, by number. */
export const CHECKLIST: Record<number, string> = {
  1: 'first paint in the launch theme',
  2: 'web_app_ready once, also when the API is down',
  3: 'loading screen set in BotFather',
  4: 'a change of theme recolours everything',
  5: 'contrast of 4.5 in four themes',
  6: 'header, background and bottom bar match the page',
  7: 'both safe areas, once each',
  8: 'the stable height; unstable ones move nothing',
  9: 'the keyboard covers no focused field',
  10: 'the back button: where, one step, a sheet first',
  11: 'the phone’s own back does the same',
  12: 'a deep link leaves the list under it',
  13: 'a malformed or foreign link leads home with a word',
  14: 'the main action is the native button',
  15: 'it goes with its screen; handlers fire once',
  16: 'destructive actions ask in the native popup',
  17: 'closing is confirmed only while something is unsaved',
  18: 'vertical swipes are off only where a screen needs them',
  19: 'haptics after results and choices, never in a loop',
  20: 'settings from the menu',
  21: 'write access is asked for in context',
  22: 'a phone number is asked for only with a reason',
  23: 'client versions 6.0, 7.0, 9.6',
  24: 'a plain browser',
  25: 'the frame of another site',
  26: 'blocked storage',
  27: 'a reload anywhere',
  28: 'an expired launch: input kept, one tap',
  29: 'offline and slow: skeletons, retry, stale marked',
  30: 'slow Androids and reduced motion',
  31: 'axe, labels, focus',
  32: 'screen readers on a device',
  33: 'right to left',
  34: 'language: signed, overridable, with a fallback',
  35: 'weight, no third party, strict policy',
  36: 'minimised and restored',
  37: 'every client by hand',
  38: 'downloads through Telegram',
  39: 'a notification opens exactly its screen',
};

/** Looked at by hand, on a device: no test can say it. */
export const BY_HAND = new Set([3, 9, 32, 36, 37]);

/** What people expect of such a panel on a phone. */
export const CONVENTIONS: Record<string, string> = {
  U1: 'servers as cards: dot and word, last seen, running task',
  U2: '"reachable" is not "can log in"',
  U3: 'sparkline on the card, chart one tap deeper',
  U4: 'a task as steps, the failed one open with its last lines',
  U5: 'the log one tap away, first on failure',
  U6: 'log viewer: follow, wrap, search, copy, errors, times',
  U7: 'leaving never stops the task, and the screen says so',
  U8: 'messages of the bot, quiet hours, only for who has access',
  U9: 'stop: visible, says what it does, shows the true result',
  U10: 'retry from the failed step',
  U11: 'an error: what, why, what to do, details folded',
  U12: 'the fingerprint screen, no default on Accept',
  U13: 'a changed key: full screen, refusal by default',
  U14: 'add a server from a pasted ssh line; stages tick',
  U15: 'secrets masked, never filled in again',
  U16: 'destructive: the name is typed, or a popup asks',
  U17: 'what a viewer cannot do is hidden; who can grant it is said',
  U18: 'sharing: link, QR, roles in plain words, expiry',
  U19: 'the audit log by day, filtered, with before and after',
  U20: 'back is the app’s own back; closing confirmed while dirty',
  U21: 'theme, safe areas, main button',
  U22: 'haptics, never the only signal',
  U23: 'touch targets, large text, labels',
  U24: 'offline: cached state with its age, actions disabled with a reason',
  U25: 'skeletons, optimism only where it can be undone, long lists virtual',
  U26: 'language by Telegram with override; dates local',
};

/** The tests of every item and convention, by `5` or `U21`. */
export function testsByItem(): Map<string, NamedTest[]> {
  const found = new Map<string, NamedTest[]>([...Object.keys(CHECKLIST), ...Object.keys(CONVENTIONS)].map((id) => [id, []]));
  for (const { file, name } of namedTests()) {
    const [, inside] = /\(([^()]*)\)$/.exec(name.trim()) ?? [];
    if (inside === undefined) continue;
    const numbers = /checklist ((?:\d+(?:, )?)+)/.exec(inside)?.[1]?.match(/\d+/g) ?? [];
    for (const id of [...numbers, ...(inside.match(/\bU\d+\b/g) ?? [])]) found.get(id)?.push({ file, name });
  }
  return found;
}

export const withoutTest = (found: Map<string, NamedTest[]>): string[] =>
  [...found].flatMap(([id, tests]) => (tests.length === 0 && !BY_HAND.has(Number(id)) ? [id] : []));

if (process.argv[1] === import.meta.filename) {
  const found = testsByItem();
  for (const [id, tests] of found) {
    console.log(`${id.padEnd(4)}${CHECKLIST[Number(id)] ?? CONVENTIONS[id]}`);
    for (const { file, name } of tests) console.log(`      ${file}: ${name}`);
    if (tests.length === 0) console.log(`      ${BY_HAND.has(Number(id)) ? 'by hand, on a device' : 'NO TEST'}`);
  }
  process.exitCode = withoutTest(found).length > 0 ? 1 : 0;
}
