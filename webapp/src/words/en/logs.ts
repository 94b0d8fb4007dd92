import { section } from '../section.ts';

export const logs = section('logs', {
  title: 'Log',
  level: 'From which level on',
  levels: { all: 'All', info: 'Info', warn: 'Warnings', error: 'Errors' },
  sources: {
    journal: 'The gateway does not answer: the last lines of its service, read over SSH',
    file: 'The gateway does not answer: the last lines of its log file, read over SSH',
  },
  gap: 'It wrote faster than could be read: some lines are left out.',
});
