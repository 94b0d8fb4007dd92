import { Problem } from '../../lib/problem.ts';

export const ticketInvalid = (): Problem =>
  new Problem('ticket.invalid', 'This download link was used already, is older than a minute, or belongs to another file', {
    fix: 'Go back to the app and start the download again.',
  });

export const noFile = (): Problem =>
  new Problem('ticket.no_file', 'There is no file to download at this path', {
    fix: 'Give the path of a download below /api, with its query.',
  });
