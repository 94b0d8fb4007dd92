import { GLOBAL } from './args.ts';
import type { AnyCommand, Option, Options } from './command.ts';
import { padded, widthOf } from './terminal/plain.ts';

export const callOf = ({ name, words }: AnyCommand): string => ['clawmoor', name, ...words].join(' ');

/** What `clawmoor --help` says. */
export function overview(all: readonly AnyCommand[]): string {
  const rows = all.map((command): [string, string] => [callOf(command).replace('clawmoor ', ''), command.summary]);
  return [
    'Run OpenClaw on your own servers.',
    '',
    ...columns(rows),
    '',
    'For all of them:',
    ...optionLines(GLOBAL),
    '',
    'Begin with: clawmoor login https://clawmoor.example.com',
    'SERVER is the name or the id of a server. Exit codes: 0 done, 1 failed, 2 wrong call, 3 not signed in,',
    '4 not allowed, 5 not found, 6 busy or changed meanwhile, 7 Clawmoor not reached, 8 the server failed.',
  ].join('\n');
}

/** What `clawmoor COMMAND --help` says. */
export function helpOf(command: AnyCommand): string {
  const { summary, details, examples = [], options } = command;
  return [
    `${callOf(command)}${Object.keys(options).length > 0 ? ' [OPTIONS]' : ''}`,
    '',
    `${summary}.`,
    ...(details === undefined ? [] : ['', ...details.split('\n')]),
    '',
    ...optionLines({ ...options, ...GLOBAL }),
    ...(examples.length === 0 ? [] : ['', 'For example:', ...examples.map((line) => `  ${line}`)]),
  ].join('\n');
}

export const optionName = (name: string, option: Option): string => `--${name}${option.type === 'string' ? ` ${option.value}` : ''}`;
export const optionWords = (option: Option): string =>
  option.summary + (option.type === 'string' && option.choices ? `: ${option.choices.join(', ')}` : '');

const optionLines = (options: Options): string[] =>
  columns(Object.entries(options).map(([name, option]) => [optionName(name, option), optionWords(option)]));

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => widthOf(name)));
  return rows.map(([name, words]) => `  ${padded(name, width)}  ${words}`);
}
