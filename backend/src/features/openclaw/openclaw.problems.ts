import { Problem } from '../../lib/problem.ts';

export const agentExists = (id: string): Problem =>
  new Problem('agent.exists', `There is an agent called ${id} already`, { fix: 'Choose another id.' });

export const otherId = (asked: string, given: string): Problem =>
  new Problem('gateway.bad_answer', `The gateway made the agent ${given} instead of ${asked}`, {
    fix: 'Use an id of lower-case letters, digits and dashes.',
  });

export const notListed = (id: string): Problem =>
  new Problem('gateway.timeout', `The agent ${id} was created, but the gateway does not list it yet`, {
    fix: 'Look at the list again in a minute.',
  });

export const noService = (): Problem =>
  new Problem('gateway.not_set_up', 'Nothing keeps a gateway running on this server yet', { fix: 'Run the setup.' });

export const notBack = (): Problem =>
  new Problem('setup.gateway_not_ready', 'The gateway was restarted, but did not come back within 90 s', {
    fix: 'Look at its log on the server: journalctl --user -u openclaw-gateway -n 50',
  });

export const agentNotFound = (id: string): Problem =>
  new Problem('agent.not_found', `There is no agent called ${id.slice(0, 64)} here`, { fix: 'Look at the list of agents again.' });

export const confirmMismatch = (id: string): Problem =>
  new Problem('agent.confirm_mismatch', `To delete this agent, type its name or ${id}`, { fix: 'Type it exactly as it is written.' });

export const fileNotSupported = (name: string): Problem =>
  new Problem('file.not_supported', `${name.slice(0, 64)} is not one of the files of an agent`, {
    fix: 'Choose one of the list: SOUL.md, IDENTITY.md, AGENTS.md, USER.md, MEMORY.md, …',
  });

export const fileTooLarge = (name: string, most: number): Problem =>
  new Problem('file.too_large', `${name} is larger than ${most / 1024} KB`, { fix: 'Shorten it; OpenClaw reads only its beginning.' });

export const fileChanged = (name: string, hash: string | undefined): Problem =>
  new Problem('file.changed_meanwhile', `${name} was changed meanwhile`, {
    fix: 'Read it again and make your change there. Nothing was written.',
    hash,
  });

export const archiveInvalid = (why: string): Problem =>
  new Problem('agent.archive_invalid', `This is not an exported agent: ${why}`, { fix: 'Choose a file that “Export” made.' });

export const archiveTooLarge = (why: string): Problem =>
  new Problem('agent.archive_too_large', `The archive is too large: ${why}`, { fix: 'Export the agent again with less in its files.' });

export const targetNotFound = (): Problem =>
  new Problem('server.not_found', 'There is no such server to copy to, or it is not shared with you');

export const targetRoleTooLow = (): Problem =>
  new Problem('auth.role_too_low', 'To copy an agent there you need the role admin on that server', {
    fix: 'Ask the owner of that server to raise your role.',
  });
