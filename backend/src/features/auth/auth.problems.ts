import { Problem } from '../../lib/problem.ts';

const REOPEN = 'Close the app and open it again from the bot.';

export const tokenInvalid = (): Problem =>
  new Problem('auth.token_invalid', 'This token is not valid any more', { fix: 'Refresh it, or sign in again.' });
export const sessionEnded = (): Problem => new Problem('auth.session_ended', 'This session has ended', { fix: REOPEN });
export const notRegistered = (): Problem =>
  new Problem('auth.not_registered', 'This installation is by invitation', {
    fix: 'Ask the person who runs it, or the owner of a server, to invite you.',
  });
export const noTrial = (): Problem => new Problem('route.not_found', 'There is no local trial here: sign in from Telegram');
