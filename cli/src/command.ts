import type { Ask } from './terminal/ask.ts';
import type { Output } from './terminal/output.ts';
import type { Sessions } from './session/sessions.ts';

/** What a word or the value of an option names; the shell completes it. */
export type Names = 'server' | 'task' | 'profile' | 'backup' | 'file';

export type Option = { summary: string } & (
  | { type: 'boolean' }
  | { type: 'string'; value: string; choices?: readonly string[]; names?: Names; many?: true }
);
export type Options = Record<string, Option>;

/** `SERVER` must be given, `[SERVER]` may. */
export type Words = readonly string[];
type Values<O extends Options> = {
  [Name in keyof O]?: O[Name] extends { type: 'boolean' } ? boolean : O[Name] extends { many: true } ? string[] : string;
};
type Given<W extends Words> = { [Word in W[number] as Word extends `[${infer Name}]` ? Name : never]?: string } & {
  [Word in W[number] as Word extends `[${string}` ? never : Word]: string;
};

/** What a command works with; a test may give others. */
export interface Context {
  out: Output;
  ask: Ask;
  sessions: Sessions;
  env: NodeJS.ProcessEnv;
  /** Ctrl-C, or the end that somebody else asks for. */
  signal: AbortSignal;
  /** What to say when the person leaves in the middle. */
  onInterrupt: (say: () => void) => void;
}

/** One line of the table of commands: parsing, help, completion and the reference page follow from it. */
export interface Command<W extends Words = Words, O extends Options = Options> {
  /** As it is typed: `tasks cancel`. */
  name: string;
  words: W;
  summary: string;
  /** Paragraphs of its help. */
  details?: string;
  examples?: readonly string[];
  options: O;
  run: (context: Context, input: { words: Given<W>; values: Values<O> }) => Promise<void>;
}

// The table holds commands of every shape; `parse` gives each what its own entry names.
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyCommand = Command<any, any>;

/** Keeps the literal types that `words` and `values` are derived from. */
export const command = <const W extends Words, const O extends Options>(definition: Command<W, O>): Command<W, O> => definition;
