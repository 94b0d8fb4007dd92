import { hostname } from 'node:os';
import { authRoutes, type SignedIn } from '@clawmoor/shared/auth.ts';
import { tokenRoutes } from '@clawmoor/shared/tokens.ts';
import { command, type Context } from '../command.ts';
import { readNumber } from '../args.ts';
import { usage } from '../exit.ts';
import { readAddress } from '../session/address.ts';
import type { Profile } from '../session/credentials.ts';
import { deviceLogin } from '../session/device-login.ts';
import { plain } from '../terminal/plain.ts';
import { localTime } from '../terminal/time.ts';

const TRIAL = 'http://127.0.0.1:3000';

export const login = command({
  name: 'login',
  words: ['[ADDRESS]'],
  summary: 'Sign in on this machine',
  details:
    'Shows a link, a QR code and a code. Open the link in Telegram, compare the code, approve. The token that this machine gets is\nstored for you alone; it has your rights of each moment, lasts 90 days, and ends with `clawmoor logout`.',
  examples: [
    'clawmoor login https://clawmoor.example.com',
    'clawmoor login https://clawmoor.example.com --token-stdin < token.txt',
    'clawmoor login --trial',
  ],
  options: {
    'token-stdin': { type: 'boolean', summary: 'take a personal token that was made in the app from stdin' },
    trial: { type: 'boolean', summary: `sign in to a local trial (${TRIAL} unless told)` },
    wait: { type: 'string', value: 'SECONDS', summary: 'how long to wait for the approval (600)' },
  },
  async run(context, { words, values }) {
    if (values.trial && values['token-stdin']) throw usage('--trial and --token-stdin exclude each other');
    const { sessions, env, signal } = context;
    const wait = readNumber('wait', values.wait, { least: 1, most: 600 }) ?? 600;
    const given = words.ADDRESS ?? (env['CLAWMOOR_ADDRESS'] || sessions.find()?.address) ?? (values.trial ? TRIAL : undefined);
    if (given === undefined) throw usage('ADDRESS is missing: where is your Clawmoor?', 'clawmoor login https://clawmoor.example.com');
    const address = readAddress(given);
    const token = values['token-stdin']
      ? await context.ask.stdin('The token')
      : values.trial
        ? await trialToken(context, address)
        : await deviceLogin({ ...context, client: sessions.clientOf(address), address, waitMs: wait * 1000 });
    signal.throwIfAborted();
    await keep(context, address, token);
  },
});

/** The one-click sign-in of the local trial, for a token of its own. */
async function trialToken({ sessions }: Context, address: string): Promise<string> {
  const { token: session }: SignedIn = await sessions.clientOf(address).call(authRoutes.signInToTrial, { body: {} });
  const { call } = sessions.clientOf(address, session);
  const { token } = await call(tokenRoutes.createToken, {
    body: { name: `Command line (${plain(hostname()).slice(0, 40)})`, scope: 'admin' },
  });
  await call(authRoutes.signOut, {});
  return token;
}

/** Asks whose token it is, stores it, and ends the one that stood in its place. */
async function keep({ sessions, out }: Context, address: string, token: string): Promise<void> {
  const { call } = sessions.clientOf(address, token);
  const [user, { scope, expiresAt }] = await Promise.all([call(authRoutes.readMe, {}), call(tokenRoutes.readOwnToken, {})]);
  const profile: Profile = { address, token, user: { id: user.id, firstName: user.firstName }, scope, expiresAt };
  const credentials = sessions.file.read();
  const name = sessions.named ?? new URL(address).host;
  const before = credentials.profiles[name];
  sessions.file.write({ version: 1, current: name, profiles: { ...credentials.profiles, [name]: profile } });
  if (before && before.token !== token)
    await sessions
      .clientOf(before.address, before.token)
      .call(tokenRoutes.endOwnToken, {})
      .catch(() => undefined);
  out.answer({ profile: name, address, user, scope, expiresAt }, () =>
    out.say(`Signed in to ${address} as ${plain(user.firstName)}, scope ${scope}, until ${localTime(expiresAt)}.`),
  );
}
