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

export const sessionNotFound = (): Problem => new Problem('auth.session_not_found', 'You have no such session, or it has ended');

export const notYou = (): Problem =>
  new Problem('auth.step_up_failed', 'That was another person', { fix: 'Confirm with the Telegram account that is signed in here.' });
export const notTheName = (): Problem =>
  new Problem('auth.step_up_failed', 'That is not the name of one of your servers', { fix: 'Type the name exactly as it is shown.' });
export const oneProof = (trial: boolean): Problem => {
  const path = trial ? 'confirm' : 'initData';
  return new Problem('request.invalid', `The request is not valid: ${path}: is required, and nothing else`, {
    issues: [{ path, message: 'is required, and nothing else' }],
  });
};

export const tokenNotFound = (): Problem => new Problem('token.not_found', 'You have no such token');
export const noOwnToken = (): Problem =>
  new Problem('token.not_found', 'You are signed in without a personal token', { fix: 'Ask with the token that is meant.' });
export const tooManyTokens = (most: number): Problem =>
  new Problem('token.limit_reached', `You have ${most} tokens already`, { fix: 'End one that is not needed.' });
export const tooLong = (days: number): Problem =>
  new Problem('request.invalid', `The request is not valid: expiresAt: at most ${days} days from now`, {
    issues: [{ path: 'expiresAt', message: `at most ${days} days from now` }],
  });

export const devicePending = (retryAfter: number): Problem =>
  new Problem('auth.device_pending', 'Nobody has answered yet', { fix: 'Open the link and confirm there.', retryAfter });
export const polledTooSoon = (retryAfter: number): Problem =>
  new Problem('request.too_many', `Too many requests; ask every ${retryAfter} s`, { retryAfter });
export const deviceDenied = (): Problem => new Problem('auth.device_denied', 'The login was refused in the app');
export const deviceExpired = (): Problem =>
  new Problem('auth.device_expired', 'This login was used already or took too long', { fix: 'Begin again.' });
export const deviceNotFound = (): Problem =>
  new Problem('device.not_found', 'No device waits with this code', {
    fix: 'Compare the code with the one on the device; it is good for 10 minutes.',
  });
export const deviceAnswered = (): Problem => new Problem('device.answered', 'This login was answered already');
