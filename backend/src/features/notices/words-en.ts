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
      opened: [
        'The OpenClaw gateway does not answer: {reason}. Agents are silent.',
        'The OpenClaw gateway does not run. Agents are silent.',
      ],
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
      of: { inodes: ['{path} can hold hardly any more files: {percent} % of its inodes are in use.'] },
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
        'The system has ended programs to get memory back: {count}.',
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
      of: { expired: ['Those of {provider} have run out: agents that use them are silent.'] },
    },
    channel: {
      title: 'Channel not connected',
      opened: ['Nobody reaches the agents by {channel}: {error}', 'Nobody reaches the agents by {channel}.', 'A channel is not connected.'],
      resolved: ['{channel} is connected again.', 'It is connected again.'],
    },
    cron: {
      title: 'Scheduled job',
      opened: ['{job} has not run as it should.', 'A scheduled job has not run as it should.'],
      resolved: ['{job} runs again.', 'It runs again.'],
      of: { failing: ['{job} has failed {failures} times in a row.'], missed: ['{job} did not run when it should have.'] },
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
      opened: ['OpenClaw {newest} is there; {version} is installed.', 'A new version of OpenClaw is there.'],
      resolved: ['It is up to date.'],
    },
    security_update: {
      title: 'Security update',
      opened: [
        'OpenClaw {newest} mends a known hole of {version}: {hole}',
        'OpenClaw {newest} mends a hole; {version} is installed.',
        'A new version of OpenClaw mends a hole.',
      ],
      resolved: ['What runs there has no known hole any more.'],
    },
    approval: {
      title: 'A command waits for an answer',
      opened: ['{agent} wants to run this in {cwd}:', '{agent} wants to run this:', 'An agent wants to run this:'],
      resolved: ['It does not wait any more.'],
      ended: {
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
        failed: ['{task} failed at “{step}”: {reason}', '{task} failed: {reason}', '{task} failed: {message}', '{task} failed.'],
        interrupted: ['{task} was cut off. Start it again: what is done is skipped.'],
      },
    },
    backup: {
      title: 'Backup',
      opened: ['It failed: {reason}', 'There is no fresh backup.'],
      resolved: ['There is a fresh one again.'],
      of: {
        failed: ['The last one failed. The last good one is {hours} hours old.'],
        rehearsal_failed: ['The last one could not be restored in a rehearsal.'],
        too_old: ['The last good one is {hours} hours old.'],
        none: ['There is none yet.'],
      },
    },
    access: {
      title: 'Access',
      opened: ['Somebody’s access has changed.'],
      resolved: ['Somebody’s access has changed.'],
      of: {
        granted: ['{by} has made you {role}.', 'You are {role} now.'],
        revoked: ['{by} has ended your access.', 'Your access was ended.'],
        expired: ['Your time on it is over.'],
        'access.grant': ['{by} has made {whom} {role}.', 'Access was given: {role}.'],
        'access.change': ['{by} has made {whom} {role}.', 'A role was changed: {role}.'],
        'access.revoke': ['{by} has ended the access of {whom}.', 'An access was ended.'],
        'access.expire': ['The access of {whom} is over: its time has passed.', 'An access is over: its time has passed.'],
        'access.leave': ['{by} has left the server.', 'Somebody has left the server.'],
        'invitation.accept': ['{by} has accepted an invitation: {role}.', 'An invitation was accepted.'],
        'ownership.accept': ['{by} is the owner now.', 'It has another owner now.'],
      },
    },
    webhook: {
      title: 'Webhook switched off',
      opened: ['{host} has failed for days: {reason}', 'An address that is told of news has failed for days.'],
      resolved: ['It works again.'],
    },
  },
  reasons: {
    'ssh.unreachable': 'its address cannot be reached',
    'ssh.refused': 'it refuses the connection',
    'ssh.timeout': 'there is no answer in time',
    'ssh.auth_failed': 'the login is refused',
    'ssh.connection_lost': 'the connection broke',
    'ssh.no_banner': 'its SSH service says nothing',
    'server.host_unresolvable': 'its name leads nowhere',
    'gateway.down': 'it does not run',
    'gateway.timeout': 'there is no answer in time',
    'gateway.token_mismatch': 'its token is another one',
    'gateway.not_set_up': 'it is not set up',
    'gateway.busy': 'it is busy',
  },
  roles: { viewer: 'viewer', admin: 'admin', owner: 'owner' },
  over: 'over',
  acknowledgedBy: '{name} is looking after it.',
  rings: 'Nobody has answered yet.',
  summary: { storm: 'Several things at once', quiet: 'While it was quiet', away: 'While the bot could not write to you' },
  andMore: '… and {count} more',
  buttons: { open: 'Open', acknowledge: 'I look after it', mute_server: 'Mute this server', allow_once: 'Allow once', deny: 'Deny' },
};
