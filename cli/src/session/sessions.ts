import { createClient, type CallOptions, type Client } from '@clawmoor/shared/client.ts';
import type { Route, Sent } from '@clawmoor/shared/route.ts';
import { CliError, EXIT, usage } from '../exit.ts';
import { VERSION } from '../version.ts';
import { readAddress } from './address.ts';
import type { CredentialsFile, Profile } from './credentials.ts';

export interface Session {
  address: string;
  token: string;
  /** Where the token came from; none when the environment brought it. */
  profile: (Profile & { name: string }) | undefined;
  call: Client['call'];
  send: Client['send'];
}

export interface SessionsParts {
  env: NodeJS.ProcessEnv;
  file: CredentialsFile;
  /** `--profile`, where it is given. */
  profile: string | undefined;
  signal: AbortSignal;
  warn: (text: string) => void;
}

/** What each request carries: who asks, and no token for where a redirect leads. */
export const INIT = { redirect: 'error', headers: { 'user-agent': `clawmoor/${VERSION} (${process.platform})` } } satisfies RequestInit;

export type Sessions = ReturnType<typeof createSessions>;

/** Who is signed in where: the environment first, then the profile that is named, then the current one. */
export function createSessions({ env, file, profile: wanted, signal, warn }: SessionsParts) {
  /** The typed client of an address, for one token or none. */
  function clientOf(address: string, token?: string): Client {
    const bearer = async (): Promise<string | undefined> => token;
    const client = createClient({ origin: address, token: bearer, renew: async () => undefined, init: INIT });
    const cancellable = (options: CallOptions = {}): CallOptions => ({ signal, ...options });
    return {
      call: <R extends Route>(route: R, input: Sent<R>, options?: CallOptions) => client.call(route, input, cancellable(options)),
      send: (route, input, options) => client.send(route, input, cancellable(options)),
    };
  }

  const named = wanted ?? (env['CLAWMOOR_PROFILE'] || undefined);
  function find(): (Profile & { name: string }) | undefined {
    const { current, profiles } = file.read();
    const address = env['CLAWMOOR_ADDRESS'] ? readAddress(env['CLAWMOOR_ADDRESS']) : undefined;
    const byAddress = (): string | undefined => Object.entries(profiles).find(([, each]) => each.address === address)?.[0];
    const name = named ?? (address === undefined ? current : byAddress()) ?? undefined;
    const found = name === undefined ? undefined : profiles[name];
    return found && name !== undefined ? { ...found, name } : undefined;
  }

  return {
    clientOf,
    file,
    /** The name that `--profile` or the environment asks for. */
    named,
    find,
    /** Throws `cli.not_signed_in` where no token is stored. */
    open(): Session {
      const fromOutside = env['CLAWMOOR_TOKEN'];
      if (fromOutside) {
        if (!env['CLAWMOOR_ADDRESS']) throw usage('CLAWMOOR_TOKEN is set, CLAWMOOR_ADDRESS is not', 'Say where Clawmoor is.');
        const address = readAddress(env['CLAWMOOR_ADDRESS']);
        return { address, token: fromOutside, profile: undefined, ...clientOf(address, fromOutside) };
      }
      const profile = find();
      if (!profile) throw notSignedIn(named);
      if (file.isOpen()) warn(`Others on this machine may read your token. Run: chmod 600 ${file.path}`);
      return { address: profile.address, token: profile.token, profile, ...clientOf(profile.address, profile.token) };
    },
  };
}

const notSignedIn = (name: string | undefined): CliError =>
  new CliError(EXIT.notSignedIn, 'cli.not_signed_in', {
    message: name === undefined ? 'Nobody is signed in here' : `There is no profile ${name}`,
    fix: 'Sign in: clawmoor login https://clawmoor.example.com',
  });
