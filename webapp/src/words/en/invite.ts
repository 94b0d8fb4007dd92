import { section } from '../section.ts';

export const invite = section('invite', {
  title: 'Invite',
  intro: 'A link gives the role to whoever opens it first. It is good once, for 24 hours.',
  adminOnlyViewers: 'As an admin you can invite viewers. Ask the owner to invite an admin.',
  only: 'Only for this Telegram id',
  onlyHelp: 'A number, not a name. With it the link is of no use to anybody else.',
  onlyWrong: 'That is not a Telegram id: it is a number such as 123456789.',
  create: 'Make the link',
  viewerCannot: 'Viewers cannot invite. Ask the owner to raise your role.',
  ready: 'The invitation is ready',
  shownOnce: 'It is shown this once. Whoever has it can use it: send it to nobody else.',
  share: 'Send in Telegram',
  shareText: 'Join “{server}” in Clawmoor as {role}:',
  noLink: 'The bot has no name yet, so there is no link. They open the bot, then Settings, “Enter an invitation code”, and type this:',
  another: 'Make another one',
  done: 'Done',
  leave: 'Leave? The link is not shown again.',
  leaveAction: 'Leave',
});
