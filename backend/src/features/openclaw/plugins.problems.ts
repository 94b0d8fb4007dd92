import { Problem } from '../../lib/problem.ts';

export const pluginNotFound = (id: string): Problem =>
  new Problem('plugin.not_found', `There is no plugin called ${id.slice(0, 64)} on this gateway`, {
    fix: 'Look at the list of plugins again.',
  });

export const pluginUnconfirmed = (): Problem =>
  new Problem('plugin.unconfirmed', 'This plugin wants rights that nobody has agreed to yet', {
    fix: 'Look at what it may do, then enable it with the reviewToken that stands there.',
  });

export const pluginHubUnreachable = (): Problem =>
  new Problem('plugin.hub_unreachable', 'The server does not reach the place that plugins come from', {
    fix: 'Check that it may connect to clawhub.ai and to its npm registry, then try again.',
  });

export const pluginNoVerdict = (name: string): Problem =>
  new Problem('plugin.no_verdict', `ClawHub did not say whether ${name.slice(0, 64)} is safe. It was not installed`, {
    fix: 'Try again later.',
  });

export const pluginMalicious = (name: string): Problem =>
  new Problem('plugin.malicious', `ClawHub says that ${name.slice(0, 64)} is malicious. It was not installed`, {
    fix: 'Choose another plugin.',
  });

export const pluginUnchecked = (name: string): Problem =>
  new Problem('plugin.unchecked', `Nobody has checked ${name.slice(0, 64)}: it is code that may do whatever the gateway may`, {
    fix: 'Look at it first; if you trust who made it, install it with “confirm”.',
  });

export const pluginExists = (name: string): Problem =>
  new Problem('plugin.exists', `${name.slice(0, 64)} is installed already`, { fix: 'Update it instead.' });

export const pluginUnsuitable = (why: string): Problem =>
  new Problem('plugin.unsuitable', `This plugin cannot be installed here: ${why.slice(0, 300)}`, {
    fix: 'Update OpenClaw if that is what it asks for, or choose another plugin.',
  });

export const pluginNotFromHub = (id: string): Problem =>
  new Problem('plugin.not_from_hub', `${id.slice(0, 64)} did not come from ClawHub`, { fix: 'It is updated together with OpenClaw.' });

export const pluginBuiltIn = (id: string): Problem =>
  new Problem('plugin.built_in', `${id.slice(0, 64)} came with OpenClaw and cannot be removed`, { fix: 'Disable it instead.' });
