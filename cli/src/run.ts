import { findCommand, parse, type Parsed } from './args.ts';
import type { AnyCommand } from './command.ts';
import { commands } from './commands.ts';
import { complete } from './complete.ts';
import { Ended, EXIT, understood, usage, type Exit } from './exit.ts';
import { helpOf, overview } from './help.ts';
import { nearest } from './nearest.ts';
import { credentialsFile } from './session/credentials.ts';
import { createSessions, type Sessions } from './session/sessions.ts';
import { createAsk } from './terminal/ask.ts';
import { createOutput, type Output } from './terminal/output.ts';
import { VERSION } from './version.ts';

export interface Process {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
}

/** Runs one command line and answers the exit code. */
export async function run(argv: string[], process: Process): Promise<Exit> {
  const { stdout, stderr, env, signal } = process;
  const output = (json: boolean): Output => createOutput({ stdout, stderr, env, json });
  const sessionsFor = (out: Output, profile?: string): Sessions =>
    createSessions({ env, file: credentialsFile(env), profile, signal, warn: out.note });
  // Known before the words are understood: a wrong call is answered in JSON as well.
  let out = output(argv.includes('--json'));
  if (argv[0] === 'complete') return suggest(argv.slice(1), out, sessionsFor(out));
  let sessions: Sessions | undefined;
  let interrupted = (): void => {};
  try {
    const found = readCommand(argv, out);
    if (!found) return EXIT.ok;
    const { command, parsed } = found;
    out = output(parsed.json);
    sessions = sessionsFor(out, parsed.profile);
    const context = { out, sessions, env, signal, ask: createAsk(process), onInterrupt: (say: () => void) => (interrupted = say) };
    await command.run(context, parsed);
    return EXIT.ok;
  } catch (error) {
    if (signal.aborted) {
      out.clear();
      interrupted();
      return EXIT.interrupted;
    }
    if (error instanceof Ended) return error.exit;
    const { exit, body } = understood(error, addressOf(sessions));
    out.problem(body);
    return exit;
  }
}

/** `undefined`: help or the version was asked for, and said. */
function readCommand(argv: string[], out: Output): { command: AnyCommand; parsed: Parsed } | undefined {
  const words = argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv;
  const found = findCommand(words, commands);
  if (found) {
    const parsed = parse(found.command, found.rest);
    if (!parsed.help) return { command: found.command, parsed };
    return void out.text(`${helpOf(found.command)}\n`);
  }
  if (words.includes('--version')) return void out.text(`clawmoor ${VERSION}\n`);
  const name = words.filter((word) => !word.startsWith('-')).join(' ');
  if (name !== '') throw unknown(name);
  const [flag] = words.filter((word) => word !== '--help' && word !== '--json');
  if (flag !== undefined) throw usage(`Unknown option ${flag}`, 'See: clawmoor --help');
  return void out.text(`${overview(commands)}\n`);
}

/** A name that is only the beginning of others (`backup`) gets them listed. */
function unknown(name: string) {
  const [first = ''] = name.split(' ');
  const below = commands.filter((each) => each.name.startsWith(`${first} `)).map((each) => each.name);
  if (below.length > 0) return usage(`${first} is not a whole command`, `There are: ${below.join(', ')}`);
  const meant = nearest(
    first,
    commands.map((each) => each.name),
  );
  return usage(`There is no command ${first}`, meant === undefined ? 'See: clawmoor --help' : `Did you mean: clawmoor ${meant}`);
}

function addressOf(sessions: Sessions | undefined): string | undefined {
  try {
    return sessions?.open().address;
  } catch {
    return undefined;
  }
}

/** For the shell: a failure completes nothing, and says nothing into the line that is being typed. */
async function suggest(typed: string[], out: Output, sessions: Sessions): Promise<Exit> {
  const lines = await complete(typed, { commands, sessions }).catch(() => []);
  if (lines.length > 0) out.text(`${lines.join('\n')}\n`);
  return EXIT.ok;
}
