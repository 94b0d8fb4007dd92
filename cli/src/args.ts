import { parseArgs } from 'node:util';
import type { AnyCommand, Option, Options } from './command.ts';
import { usage } from './exit.ts';

/** What every command takes. */
export const GLOBAL = {
  json: { type: 'boolean', summary: 'answer in JSON, as the API gives it' },
  profile: { type: 'string', value: 'NAME', names: 'profile', summary: 'use another profile than the current one' },
  help: { type: 'boolean', summary: 'show the help of a command' },
} satisfies Options;

export interface Parsed {
  words: Record<string, string>;
  // oxlint-disable-next-line typescript/no-explicit-any -- each command's own type says what its values are
  values: Record<string, any>;
  json: boolean;
  profile: string | undefined;
  help: boolean;
}

/** The command that is meant, the longest name that fits, and what follows it. `undefined`: none is named. */
export function findCommand(argv: readonly string[], all: readonly AnyCommand[]): { command: AnyCommand; rest: string[] } | undefined {
  const places = argv.flatMap((word, at) => (word.startsWith('-') || isValue(argv, at) ? [] : [at]));
  for (const length of [2, 1]) {
    const taken = places.slice(0, length);
    const name = taken.map((at) => argv[at]).join(' ');
    const command = taken.length === length ? all.find((each) => each.name === name) : undefined;
    if (command) return { command, rest: argv.filter((_word, at) => !taken.includes(at)) };
  }
  return undefined;
}

/** The word after `--profile` before a command is no command. */
const isValue = (argv: readonly string[], at: number): boolean => argv[at - 1] === '--profile';

export function parse(command: AnyCommand, argv: string[]): Parsed {
  const options: Options = { ...command.options, ...GLOBAL };
  const { values, positionals } = strictly(command, () =>
    parseArgs({
      args: argv,
      allowPositionals: true,
      options: Object.fromEntries(
        Object.entries(options).map(([name, option]) => [
          name,
          { type: option.type, multiple: option.type === 'string' && option.many === true },
        ]),
      ),
    }),
  );
  const { json = false, profile, help = false, ...own } = values;
  if (help !== true) for (const [name, option] of Object.entries(options)) checkChoice(name, option, values[name]);
  return {
    words: help === true ? {} : wordsOf(command, positionals),
    values: own,
    json: json === true,
    profile: typeof profile === 'string' ? profile : undefined,
    help: help === true,
  };
}

function strictly<T>(command: AnyCommand, read: () => T): T {
  try {
    return read();
  } catch (error) {
    // What parseArgs throws says what is wrong in its first sentence; the rest is about programming with it.
    const message = error instanceof Error ? (error.message.split('. ')[0] ?? error.message) : String(error);
    throw usage(message, helpOf(command));
  }
}

function checkChoice(name: string, option: Option, value: unknown): void {
  if (option.type !== 'string' || !option.choices || typeof value !== 'string' || option.choices.includes(value)) return;
  throw usage(`--${name} is one of ${option.choices.join(', ')}`);
}

function wordsOf(command: AnyCommand, positionals: readonly string[]): Record<string, string> {
  const names: string[] = command.words;
  if (positionals.length > names.length) throw usage(`"${positionals[names.length]}" is one word too many`, helpOf(command));
  return Object.fromEntries(
    names.flatMap((name, at) => {
      const value = positionals[at];
      if (value !== undefined) return [[name.replace(/[[\]]/g, ''), value]];
      if (name.startsWith('[')) return [];
      throw usage(`${name} is missing: clawmoor ${command.name} ${names.join(' ')}`, helpOf(command));
    }),
  );
}

const helpOf = (command: AnyCommand): string => `See: clawmoor ${command.name} --help`;

/** A whole number of an option, within its limits. */
export function readNumber(name: string, text: string | undefined, { least, most }: { least: number; most: number }): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  throw usage(`--${name} is a whole number from ${least} to ${most}`);
}
