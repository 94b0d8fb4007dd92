import type { NoticeWords } from './words.ts';

export const en: NoticeWords = {
  kinds: {
    unreachable: {
      title: 'Server unreachable',
      opened: ['It has not answered for {minutes} minutes: {reason}', 'It does not answer: {reason}', 'It does not answer.'],
      resolved: ['It answers again.'],
    },
    gateway_down: {
      title: 'Gateway down',
      opened: ['The OpenClaw gateway does not run ({state}). Agents are silent.', 'The OpenClaw gateway does not run. Agents are silent.'],
      resolved: ['The gateway runs again.'],
    },
    crash_loop: {
      title: 'Gateway keeps restarting',
      opened: [
        'It was restarted {restarts} times in {minutes} minutes.',
        'It was restarted {restarts} times.',
        'It is restarted again and again.',
      ],
      resolved: ['It has been running without a restart for a while.'],
    },
    disk: {
      title: 'Disk almost full',
      opened: ['{path} is {percent} % full.', 'It is {percent} % full.', 'There is little room left.'],
      resolved: ['{path} has room again: {percent} % full.', 'There is room again.'],
    },
    memory: {
      title: 'Memory almost full',
      opened: ['{percent} % of the memory is in use.', 'There is little memory left.'],
      resolved: ['There is memory again.'],
    },
    out_of_memory: {
      title: 'Out of memory',
      opened: [
        'The system has ended {process} to get memory back.',
        'The system has ended {kills} programs to get memory back.',
        'The system has ended a program to get memory back.',
      ],
      resolved: ['It has not happened again.'],
    },
    host_key: {
      title: 'Host key changed',
      opened: ['It shows another key than the one that was confirmed. Nothing is sent to it until an owner has compared the two.'],
      resolved: ['Its key is confirmed.'],
    },
    model_auth: {
      title: 'Model credentials',
      opened: [
        'Those of {provider} run out in {hours} hours.',
        'Those of {provider} have run out, or will soon.',
        'The credentials of a model have run out, or will soon.',
      ],
      resolved: ['The credentials of {provider} work.', 'The credentials work.'],
    },
    cron: {
      title: 'Scheduled job',
      opened: [
        '{job} has failed {failures} times in a row.',
        '{job} has not run as it should: {reason}',
        '{job} has not run as it should.',
        'A scheduled job has not run as it should.',
      ],
      resolved: ['{job} runs again.', 'It runs again.'],
    },
    stuck_session: {
      title: 'Conversation stuck',
      opened: ['{session} has been busy for {minutes} minutes.', '{session} does not get on.', 'A conversation does not get on.'],
      resolved: ['It gets on again.'],
    },
    budget: {
      title: 'Budget',
      opened: [
        '{percent} % of the budget is spent: {spentUsd} of {limitUsd} US$.',
        '{percent} % of the budget is spent.',
        'A budget is spent.',
      ],
      resolved: ['A new period has begun.'],
    },
    update: {
      title: 'Update available',
      opened: ['{component} {version} is there; {current} is installed.', 'OpenClaw {version} is there.', 'A new version is there.'],
      resolved: ['It is up to date.'],
    },
    security_update: {
      title: 'Security update',
      opened: [
        '{component} {version} mends a hole; {current} is installed.',
        'OpenClaw {version} mends a hole.',
        'A new version mends a hole.',
      ],
      resolved: ['It is up to date.'],
    },
    approval: {
      title: 'A command waits for an answer',
      opened: ['{agent} wants to run this in {cwd}:', '{agent} wants to run this:', 'An agent wants to run this:'],
      resolved: ['It is answered.'],
      of: {
        allowed: ['Allowed by {by}.', 'Allowed.'],
        denied: ['Denied by {by}.', 'Denied.'],
        expired: ['It does not wait any more: its time has passed, or it was withdrawn.'],
      },
    },
    task: {
      title: 'Task',
      opened: ['{task} has ended.'],
      resolved: ['{task} has ended.'],
      of: {
        succeeded: ['{task} is done after {minutes} min.', '{task} is done.'],
        failed: ['{task} failed at “{step}”: {reason}', '{task} failed: {reason}', '{task} failed.'],
        interrupted: ['{task} was cut off. Start it again: what is done is skipped.'],
      },
    },
    backup: {
      title: 'Backup',
      opened: ['It failed: {reason}', 'The last good one is {hours} hours old.', 'There is no fresh backup.'],
      resolved: ['There is a fresh one again.'],
    },
    access: {
      title: 'Access',
      opened: ['Somebody’s access has changed.'],
      resolved: ['Somebody’s access has changed.'],
      of: {
        granted: ['{by} has made you {role}.', 'You are {role} now.'],
        revoked: ['{by} has ended your access.', 'Your access was ended.'],
        expired: ['Your time on it is over.'],
        accepted: ['{by} has accepted your invitation, as {role}.'],
      },
    },
    webhook: {
      title: 'Webhook switched off',
      opened: ['{host} has failed for days: {reason}', 'An address that is told of news has failed for days.'],
      resolved: ['It works again.'],
    },
  },
  over: 'over',
  acknowledgedBy: '{name} is looking after it.',
  rings: 'Nobody has answered yet.',
  summary: { storm: 'Several things at once', quiet: 'While it was quiet', away: 'While the bot could not write to you' },
  andMore: '… and {count} more',
  buttons: { open: 'Open', acknowledge: 'I look after it', mute_server: 'Mute this server', allow_once: 'Allow once', deny: 'Deny' },
};
