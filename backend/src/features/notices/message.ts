import type { Role } from '@clawmoor/shared/route.ts';
import { escapeHtml, foreignHtml, type Button, type Message } from '../../lib/bot.ts';
import type { Tongue } from '../../lib/language.ts';
import type { Notice } from '../../lib/notice.ts';
import { noticeWords, type NoticeWords } from './words.ts';

const MOST_FACT = 300;
// Telegram takes 4096 characters; what is longer is looked at in the app.
const MOST_COMMAND = 1_500;
const MOST_LINES = 18;
const ICONS = { info: 'ℹ️', warning: '⚠️', critical: '🔴' } as const;
const OVER = '✅';
/** Facts by whose value a sentence is chosen. */
const TELLING = ['what', 'stage', 'state', 'action', 'reason'];

export interface Shown {
  notice: Notice;
  /** The row whose id its buttons carry. */
  rowId: number;
}

const isOver = ({ phase }: Notice): boolean => phase === 'resolved';

/** A notice as one person reads it. `rings`: it comes again because nobody has answered. */
export function messageOf({ notice, rowId }: Shown, tongue: Tongue, { rings = false } = {}): Message {
  const words = noticeWords[tongue];
  const { kind, facts, server } = notice;
  const head = [server && foreignHtml(clip(server.name, 64), { bold: true }), words.kinds[kind].title].filter(Boolean).join(' · ');
  const lines = [`${iconOf(notice)} ${head}`, sentenceOf(notice, words)];
  const command = facts['command'];
  if (typeof command === 'string') lines.push(`<pre>${escapeHtml(clip(command, MOST_COMMAND))}</pre>`);
  const by = facts['acknowledgedBy'];
  if (!isOver(notice) && by !== undefined) lines.push(fill(words.acknowledgedBy, { name: by }) ?? '');
  else if (!isOver(notice) && rings) lines.push(words.rings);
  return { html: lines.join('\n'), buttons: buttonsOf(notice, rowId, words), silent: notice.severity === 'info' };
}

/** Many notices in one message, the worst first. */
export function summaryOf(shown: readonly Shown[], why: 'storm' | 'quiet' | 'away', tongue: Tongue): Message {
  const words = noticeWords[tongue];
  const sorted = shown.map(({ notice }) => notice).toSorted((one, other) => weightOf(other) - weightOf(one));
  const lines = sorted.slice(0, MOST_LINES).map((notice) => lineOf(notice, tongue));
  const more = sorted.length - lines.length;
  if (more > 0) lines.push(fill(words.andMore, { count: more }) ?? '');
  const html = [`<b>${words.summary[why]}: ${sorted.length}</b>`, ...lines].join('\n');
  const silent = sorted.every(({ severity }) => severity === 'info');
  return { html, buttons: [[{ text: words.buttons.open, opens: '' }]], silent };
}

/** A notice as one line among others. */
export function lineOf(notice: Notice, tongue: Tongue): string {
  const words = noticeWords[tongue];
  const place = notice.server ? `${foreignHtml(clip(notice.server.name, 32), { bold: true })}: ` : '';
  const over = isOver(notice) ? ` (${words.over})` : '';
  return `${iconOf(notice)} ${place}${words.kinds[notice.kind].title}${over}. ${clipHtml(sentenceOf(notice, words))}`;
}

/** What is left of a message that Telegram refuses as it is: its words alone. */
export const plainOf = ({ html, silent = false }: Message): Message => ({
  html: html.replaceAll(/<[^>]*>/g, ''),
  silent,
});

/** One sentence in English, without marks: for whoever is no person. */
export function plainSentence(notice: Notice): string {
  const words = noticeWords.en;
  const said = sentenceOf(notice, words)
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
  return `${notice.server ? `${notice.server.name}: ` : ''}${words.kinds[notice.kind].title}. ${said}`;
}

const iconOf = (notice: Notice): string => (isOver(notice) ? OVER : ICONS[notice.severity]);
const weightOf = (notice: Notice): number => (isOver(notice) ? 0 : { info: 1, warning: 2, critical: 3 }[notice.severity]);

function sentenceOf(notice: Notice, words: NoticeWords): string {
  const { kind, facts } = notice;
  const { opened, resolved, of = {}, ended = {} } = words.kinds[kind];
  const variants = isOver(notice) ? ended : of;
  const telling = TELLING.map((name) => String(facts[name])).find((value) => Object.hasOwn(variants, value));
  const known = readable(facts, words);
  for (const template of (telling === undefined ? undefined : variants[telling]) ?? (isOver(notice) ? resolved : opened)) {
    const text = fill(template, known);
    if (text !== undefined) return text;
  }
  return '';
}

/** Names of tasks and codes of failures as people read them; a code that has no words is left out. */
function readable(facts: Notice['facts'], words: NoticeWords): Notice['facts'] {
  const { reason = facts['code'], task, role, ...rest } = facts;
  const isCode = typeof reason === 'string' && /^[a-z_]+\.[a-z_]+$/.test(reason);
  const meaning = isCode ? (Object.hasOwn(words.reasons, reason) ? words.reasons[reason] : undefined) : reason;
  return {
    ...rest,
    ...(meaning !== undefined && { reason: meaning }),
    ...(role !== undefined && { role: words.roles[role as Role] ?? role }),
    ...(task !== undefined && {
      task: String(task)
        .replace(/^\w+\./, '')
        .replaceAll(/[-_]/g, ' '),
    }),
  };
}

/** `undefined` where a name in it is no fact. */
function fill(template: string, facts: Notice['facts']): string | undefined {
  let whole = true;
  const text = template.replaceAll(/\{(\w+)\}/g, (_all, name: string) => {
    const fact = Object.hasOwn(facts, name) ? facts[name] : undefined;
    if (fact === undefined || fact === '') whole = false;
    return typeof fact === 'number' ? String(fact) : foreignHtml(clip(String(fact), MOST_FACT));
  });
  return whole ? text : undefined;
}

function buttonsOf(notice: Notice, rowId: number, words: NoticeWords): Button[][] {
  const acts = isOver(notice) ? [] : (notice.actions ?? []).filter((act) => act !== 'acknowledge' || !notice.facts['acknowledgedBy']);
  const tap = (act: (typeof acts)[number]): Button => ({ text: words.buttons[act], tap: `${act}.${rowId}` });
  const [deciding, others] = [['allow_once', 'deny'] as const, ['acknowledge', 'mute_server'] as const];
  const rows = [deciding, others].map((group) => group.filter((act) => acts.includes(act)).map(tap));
  const open: Button[] = notice.opens === undefined ? [] : [{ text: words.buttons.open, opens: linkOf(notice.opens) }];
  return [...rows, open].filter((row) => row.length > 0);
}

/** An id of a server or a task, as the app's links name it. */
const linkOf = (opens: string): string =>
  /^srv_[\w-]{20}$/.test(opens) ? `srv_${opens}` : /^tsk_[\w-]{20}$/.test(opens) ? `task_${opens}` : opens;

const clip = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text);
/** Cuts between characters that are written as `&…;` too, and through no mark. */
function clipHtml(html: string): string {
  if (html.length <= 120) return html;
  const cut = html.slice(0, 119).replace(/(&[a-z]*|<[^>]*)$/, '');
  return `${cut}…${cut.lastIndexOf('<code>') > cut.lastIndexOf('</code>') ? '</code>' : ''}`;
}
