import { section, type Forms } from '../section.ts';

export const mySessions = section('mySessions', {
  title: 'Where you are signed in',
  intro: 'A session ends after 2 hours without use, and after 12 hours in any case.',
  current: 'this one',
  unknown: 'Unknown device',
  used: 'used {time}',
  since: 'since {time}',
  end: 'Sign out',
  endAsk: 'Sign {device} out? What it shows closes at once.',
  others: 'Sign out everywhere else',
  othersAsk: { one: 'Sign # other session out?', other: 'Sign # other sessions out?' } as Forms,
  alone: 'You are signed in nowhere else.',
});
