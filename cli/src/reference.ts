// npm run openapi: the page that lists every command, from the table that parses them. A test fails when it is stale.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GLOBAL } from './args.ts';
import type { AnyCommand, Options } from './command.ts';
import { commands } from './commands.ts';
import { callOf, optionName, optionWords } from './help.ts';

const FILE = join(import.meta.dirname, '../../docs/reference/command-line.md');

export function referencePage(all: readonly AnyCommand[] = commands): string {
  const head =
    'Made by `npm run openapi` from the table of commands; `clawmoor COMMAND --help` says the same. How to begin, and the exit codes: [the guide](../guides/command-line.md).';
  return `# Command line\n\n${head}\n\n## Options of all commands\n${optionTable(GLOBAL)}\n${all.map(section).join('')}`;
}

function section(command: AnyCommand): string {
  const { summary, details, examples = [], options } = command;
  const call = `\n## ${command.name}\n\`${callOf(command)}\`: ${summary}.\n`;
  const words = details === undefined ? '' : `\n${details}\n`;
  const table = Object.keys(options).length === 0 ? '' : `\n${optionTable(options)}\n`;
  const shown = examples.length === 0 ? '' : `\n${examples.map((line: string) => `    ${line}`).join('\n')}\n`;
  return call + words + table + shown;
}

const optionTable = (options: Options): string =>
  [
    '| option | what |',
    '|---|---|',
    ...Object.entries(options).map(([name, option]) => `| \`${optionName(name, option)}\` | ${optionWords(option)} |`),
  ].join('\n');

if (process.argv[1] === import.meta.filename) {
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, referencePage());
}
