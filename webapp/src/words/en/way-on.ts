import { section } from '../section.ts';

/** Where a failure can be mended. */
export const wayOn = section('wayOn', {
  task: 'See what runs now',
  setup: 'Set OpenClaw up',
  diagnosis: 'Look what is wrong',
  fingerprint: 'Compare the fingerprint',
  connection: 'Test the connection',
  back: 'Back to the list',
  servers: 'To your servers',
});
