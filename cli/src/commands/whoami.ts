import { authRoutes } from '@clawmoor/shared/auth.ts';
import { tokenRoutes } from '@clawmoor/shared/tokens.ts';
import { command } from '../command.ts';
import { plain } from '../terminal/plain.ts';
import { localTime } from '../terminal/time.ts';

export const whoami = command({
  name: 'whoami',
  words: [],
  summary: 'Who is signed in, where, and until when',
  options: {},
  async run({ sessions, out }) {
    const { call, address, profile } = sessions.open();
    const [user, token] = await Promise.all([call(authRoutes.readMe, {}), call(tokenRoutes.readOwnToken, {})]);
    out.answer({ profile: profile?.name ?? null, address, user, token }, () => {
      const username = user.username === null ? '' : ` (@${plain(user.username)})`;
      out.say(`${plain(user.firstName)}${username} at ${address}${user.isSuperAdmin ? ', super-admin' : ''}`);
      out.say(`Token "${plain(token.name)}", scope ${token.scope}, until ${localTime(token.expiresAt)}`);
    });
  },
});
