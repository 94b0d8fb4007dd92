import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { CliError, EXIT } from '../exit.ts';

/** One installation of Clawmoor and the token of one person there. */
const Profile = z.object({
  address: z.string(),
  token: z.string(),
  user: z.object({ id: z.string(), firstName: z.string() }),
  scope: z.enum(['read', 'write', 'admin']),
  expiresAt: z.string(),
});
export type Profile = z.output<typeof Profile>;

const Credentials = z.object({
  version: z.literal(1),
  /** The profile that is used when none is named. */
  current: z.nullable(z.string()),
  profiles: z.record(z.string(), Profile),
});
export type Credentials = z.output<typeof Credentials>;

const OTHERS = 0o077;

export type CredentialsFile = ReturnType<typeof credentialsFile>;

/** `$XDG_CONFIG_HOME/clawmoor/credentials.json`, which only its owner may read. */
export function credentialsFile(env: NodeJS.ProcessEnv) {
  const folder = join(env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config'), 'clawmoor');
  const path = join(folder, 'credentials.json');
  return {
    path,
    /** Others on this machine may read it: somebody has changed its mode. */
    isOpen(): boolean {
      try {
        return process.platform !== 'win32' && (statSync(path).mode & OTHERS) !== 0;
      } catch {
        return false;
      }
    },
    read(): Credentials {
      let text: string;
      try {
        text = readFileSync(path, 'utf8');
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { version: 1, current: null, profiles: {} };
        throw unreadable(path, error);
      }
      try {
        return Credentials.parse(JSON.parse(text));
      } catch (error) {
        throw unreadable(path, error);
      }
    },
    /** Whole or not at all: a reader never sees half a file, and the token is never readable for others. */
    write(credentials: Credentials): void {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const draft = `${path}.${process.pid}`;
      try {
        writeFileSync(draft, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
        chmodSync(draft, 0o600);
        renameSync(draft, path);
      } catch (error) {
        rmSync(draft, { force: true });
        throw new CliError(EXIT.failed, 'cli.credentials_unwritable', {
          message: `${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
          fix: 'Check who owns the folder, or choose another with XDG_CONFIG_HOME.',
          cause: error,
        });
      }
    },
  };
}

const unreadable = (path: string, cause: unknown): CliError =>
  new CliError(EXIT.failed, 'cli.credentials_unreadable', {
    message: `${path} cannot be read`,
    fix: 'Check who owns it. If it is damaged, delete it and sign in again: clawmoor login',
    cause,
  });
