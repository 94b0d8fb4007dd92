import { section } from '../section.ts';

export const failed = section('failed', {
  requestId: 'Request',
  original: 'The server said',
  network: 'No connection to Clawmoor',
  networkFix: 'Check the network of this device; the app tries again by itself.',
  unexpected: 'Something unexpected happened in the app',
  crashed: 'The app has stopped. What runs on your servers goes on.',
  reload: 'Start again',
});
