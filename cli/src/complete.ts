import { backupRoutes } from '@clawmoor/shared/backups.ts';
import { serverRoutes } from '@clawmoor/shared/servers.ts';
import { taskRoutes } from '@clawmoor/shared/tasks.ts';
import { GLOBAL } from './args.ts';
import type { AnyCommand, Names, Option, Options } from './command.ts';
import type { Sessions } from './session/sessions.ts';
import { plain } from './terminal/plain.ts';

// Who presses Tab does not wait longer.
const LIMIT_MS = 2_000;
const WORD_NAMES: Record<string, Names> = { SERVER: 'server', TASK: 'task', PROFILE: 'profile', FILE: 'backup' };
const WORD_CHOICES: Record<string, readonly string[]> = {
  SHELL: ['bash', 'zsh', 'fish'],
  METHOD: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
};

/** What can stand where the cursor is, a line each with a tab and a word about it; `:files` asks the shell for its own. */
export async function complete(
  typed: readonly string[],
  { commands, sessions }: { commands: readonly AnyCommand[]; sessions: Sessions },
): Promise<string[]> {
  const words = typed.map(unquoted);
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const all = await candidates(current, before, { commands, sessions });
  return all
    .filter(([word]) => word === ':files' || word.startsWith(current))
    .map(([word, about]) => (about === undefined ? word : `${word}\t${about}`));
}

type Candidate = [word: string, about?: string];
interface Sources {
  commands: readonly AnyCommand[];
  sessions: Sessions;
}

async function candidates(current: string, before: readonly string[], { commands, sessions }: Sources): Promise<Candidate[]> {
  const { command, words, option } = standing(before, commands);
  if (option)
    return option.type === 'string' && option.choices
      ? option.choices.map((each) => [each])
      : named(option.type === 'string' ? option.names : undefined, sessions);
  const options: Options = { ...command?.options, ...GLOBAL };
  if (current.startsWith('-')) return Object.entries(options).map(([name, { summary }]) => [`--${name}`, summary]);
  const prefix = before.filter((word) => !word.startsWith('-')).join(' ');
  const next = commands
    .filter(({ name }) => (prefix === '' ? true : name.startsWith(`${prefix} `)))
    .map(({ name, summary }): Candidate => {
      const rest = prefix === '' ? name : name.slice(prefix.length + 1);
      const [word = ''] = rest.split(' ');
      return rest.includes(' ') ? [word] : [word, summary];
    });
  const word = command?.words[words]?.replace(/[[\]]/g, '');
  const values: Candidate[] =
    word === undefined ? [] : (WORD_CHOICES[word]?.map((each): Candidate => [each]) ?? (await named(WORD_NAMES[word], sessions)));
  return [...new Map([...next, ...values].map((each) => [each[0], each])).values()];
}

/** The command that was typed, how many of its words, and the option whose value comes now. */
function standing(
  before: readonly string[],
  commands: readonly AnyCommand[],
): { command: AnyCommand | undefined; words: number; option: Option | undefined } {
  const plainWords: string[] = [];
  let option: Option | undefined;
  let command: AnyCommand | undefined;
  for (const word of before) {
    if (option) option = undefined;
    else if (word.startsWith('--')) {
      const found: Option | undefined = { ...command?.options, ...GLOBAL }[word.slice(2)];
      option = found?.type === 'string' ? found : undefined;
    } else plainWords.push(word);
    command = commands.find(({ name }) => name === plainWords.slice(0, 2).join(' ')) ?? commands.find(({ name }) => name === plainWords[0]);
  }
  return { command, words: plainWords.length - (command?.name.split(' ').length ?? 0), option };
}

async function named(names: Names | undefined, sessions: Sessions): Promise<Candidate[]> {
  if (names === undefined) return [];
  if (names === 'file') return [[':files']];
  if (names === 'profile') return Object.entries(sessions.file.read().profiles).map(([name, { address }]) => [name, address]);
  const { call } = sessions.open();
  const limit = { timeoutMs: LIMIT_MS };
  if (names === 'server') return (await call(serverRoutes.listServers, {}, limit)).servers.map(({ name, state }) => [plain(name), state]);
  if (names === 'task')
    return (await call(taskRoutes.listTasks, {}, limit)).tasks.map(({ id, type, state }) => [plain(id), plain(`${type}, ${state}`)]);
  return (await call(backupRoutes.listBackups, {}, limit)).backups.map(({ filename }) => [plain(filename)]);
}

/** A word as it stands in the line, half typed: its quotes and backslashes are the shell's. */
const unquoted = (word: string): string => word.replace(/^['"]/, '').replace(/['"]$/, '').replaceAll(/\\(.)/g, '$1');
