import { ConfigInvalid } from '../config.ts';
import { Problem } from '../lib/problem.ts';

export const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Runs a command; its failure becomes one sentence on stderr and the exit code 1. */
export async function runCommand(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    process.stderr.write(`${sentenceOf(error)}\n`);
    process.exitCode = 1;
  }
}

const EXPECTED = ['MigrationRefused', 'WrongKey', 'DataFolderRefused'];

function sentenceOf(error: unknown): string {
  if (error instanceof Problem) return error.fix === undefined ? error.message : `${error.message}. ${error.fix}`;
  if (error instanceof ConfigInvalid || (error instanceof Error && EXPECTED.includes(error.name))) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
