import { section } from '../section.ts';

export const app = section('app', {
  name: 'Clawmoor',
  back: 'Back',
  retry: 'Try again',
  cancel: 'Cancel',
  copy: 'Copy',
  copied: 'Copied',
  details: 'Details',
  loading: 'Loading',
  optional: 'optional',
  none: 'none',
  search: 'Search',
  clear: 'Clear',
  more: 'Show more',
  settings: 'Settings',
  offline: 'No connection. What you see is from {time}.',
  offlineNew: 'No connection. The app tries again by itself.',
  offlineAction: 'This needs a connection to Clawmoor.',
  stale: 'From {time}; it could not be asked for again.',
});
