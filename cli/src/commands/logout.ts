import { ApiError } from '@clawmoor/shared/client.ts';
import { tokenRoutes } from '@clawmoor/shared/tokens.ts';
import { command, type Context } from '../command.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Credentials } from '../session/credentials.ts';
import { localTime } from '../terminal/time.ts';

export const logout = command({
  name: 'logout',
  words: [],
  summary: 'End the token of this machine and forget it',
  options: { all: { type: 'boolean', summary: 'of every profile' } },
  async run(context, { values }) {
    const { sessions, out } = context;
    const { profiles, current } = sessions.file.read();
    const names = values.all ? Object.keys(profiles) : [sessions.find()?.name].filter((name) => name !== undefined);
    if (names.length === 0) throw new CliError(EXIT.notSignedIn, 'cli.not_signed_in', { message: 'Nobody is signed in here' });
    const ended: Record<string, boolean> = {};
    for (const name of names) ended[name] = await endToken(context, name, profiles[name]);
    const left = Object.fromEntries(Object.entries(profiles).filter(([name]) => !names.includes(name)));
    const next = current !== null && current in left ? current : (Object.keys(left)[0] ?? null);
    sessions.file.write({ version: 1, current: next, profiles: left });
    out.answer({ profiles: names.map((name) => ({ name, ended: ended[name] })) }, () => {
      for (const name of names) out.say(`Signed out of ${name}.`);
      if (next !== null) out.say(`The profile ${next} is used from now on.`);
    });
  },
});

/** Answers whether the token is over; where that cannot be said, it is forgotten here all the same, and said. */
async function endToken(
  { sessions, out, signal }: Context,
  name: string,
  profile: Credentials['profiles'][string] | undefined,
): Promise<boolean> {
  if (!profile) return false;
  try {
    await sessions.clientOf(profile.address, profile.token).call(tokenRoutes.endOwnToken, {});
    return true;
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof ApiError && (error.status === 401 || error.status === 404)) return true;
    out.note(
      `${profile.address} could not end the token of ${name}: it is good until ${localTime(profile.expiresAt)}. End it in the app, under your tokens.`,
    );
    return false;
  }
}
