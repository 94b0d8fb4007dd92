import { section } from '../section.ts';

export const stepUp = section('stepUp', {
  type: 'Type the name of one of your servers to confirm that it is you',
  close: 'Close the app',
  expired: 'Clawmoor must see that it is you now',
  expiredHelp: 'Close the app, open it again from the bot, and repeat this within five minutes.',
});
