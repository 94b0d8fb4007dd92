import { Problem } from '../../lib/problem.ts';

export const skillNotFound = (key: string): Problem =>
  new Problem('skill.not_found', `There is no skill called ${key.slice(0, 64)}`, { fix: 'Look at the list of skills again.' });

export const skillExists = (slug: string): Problem =>
  new Problem('skill.exists', `A skill called ${slug.slice(0, 64)} is there already. Nothing was installed`, {
    fix: 'If it came from ClawHub, update it; else give yours another name.',
  });

export const hubUnreachable = (): Problem =>
  new Problem('skill.hub_unreachable', 'The server does not reach ClawHub', {
    fix: 'Check that it may connect to clawhub.ai, or install the skill from an archive of your own.',
  });

export const noVerdict = (slug: string): Problem =>
  new Problem('skill.no_verdict', `ClawHub did not say whether ${slug.slice(0, 64)} is safe. It was not installed`, {
    fix: 'Try again later, or install it from an archive of your own.',
  });

export const skillMalicious = (slug: string): Problem =>
  new Problem('skill.malicious', `ClawHub says that ${slug.slice(0, 64)} is malicious. It was not installed`, {
    fix: 'Choose another skill.',
  });

export const skillUnconfirmed = (slug: string): Problem =>
  new Problem('skill.unconfirmed', `Nobody has checked ${slug.slice(0, 64)}: it may do whatever the agent may`, {
    fix: 'Look at it first; if you trust who made it, install it with “confirm”.',
  });

export const uploadsDisabled = (): Problem =>
  new Problem('skill.uploads_disabled', 'This gateway takes no skills from archives', {
    fix: 'Set skills.install.allowUploadedArchives to true in its configuration.',
  });

export const archiveRefused = (why: string): Problem =>
  new Problem('skill.archive_refused', `The gateway did not take the archive: ${why.slice(0, 300)}`, {
    fix: 'It must be a .zip with SKILL.md at its top.',
  });

export const channelNotFound = (channel: string): Problem =>
  new Problem('channel.not_found', `This gateway has no channel called ${channel.slice(0, 64)}`, {
    fix: 'Install or enable its plugin first.',
  });

export const noQrLogin = (channel: string): Problem =>
  new Problem('channel.no_qr_login', `${channel.slice(0, 64)} has no login by QR code`, {
    fix: 'Log it in by its token, in the configuration.',
  });

export const pairingNotFound = (): Problem =>
  new Problem('pairing.not_found', 'Nobody waits under this request any more', {
    fix: 'Look at the list again; a request lives for an hour.',
  });
