import { command } from '../command.ts';
import { CliError, EXIT } from '../exit.ts';
import { localTime } from '../terminal/time.ts';

export const profiles = command({
  name: 'profiles',
  words: [],
  summary: 'Where this machine is signed in',
  options: {},
  async run({ sessions, out }) {
    const { current, profiles: all } = sessions.file.read();
    const shown = Object.entries(all).map(([name, { address, user, scope, expiresAt }]) => ({
      name,
      current: name === current,
      address,
      user,
      scope,
      expiresAt,
    }));
    out.answer({ profiles: shown }, () =>
      out.table(
        ['', 'PROFILE', 'ADDRESS', 'PERSON', 'SCOPE', 'UNTIL'],
        shown.map((each) => [
          each.current ? '*' : ' ',
          each.name,
          each.address,
          each.user.firstName,
          each.scope,
          localTime(each.expiresAt),
        ]),
        'Nobody is signed in here. Sign in: clawmoor login https://clawmoor.example.com',
      ),
    );
  },
});

export const profilesUse = command({
  name: 'profiles use',
  words: ['PROFILE'],
  summary: 'Use this profile from now on',
  options: {},
  async run({ sessions, out }, { words: { PROFILE: name } }) {
    const credentials = sessions.file.read();
    const profile = credentials.profiles[name];
    if (!profile)
      throw new CliError(EXIT.notFound, 'cli.profile_unknown', { message: `There is no profile ${name}`, fix: 'See: clawmoor profiles' });
    sessions.file.write({ ...credentials, current: name });
    out.answer({ profile: name, address: profile.address }, () => out.say(`${name} is used from now on.`));
  },
});
