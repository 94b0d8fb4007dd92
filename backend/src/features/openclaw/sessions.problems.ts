import { Problem } from '../../lib/problem.ts';

export const sessionNotFound = (): Problem =>
  new Problem('session.not_found', 'There is no such conversation on this gateway', { fix: 'Look at the list again.' });

export const messageNotFound = (): Problem =>
  new Problem('session.not_found', 'There is no such message in this conversation', { fix: 'Read the conversation again.' });

export const sessionBusy = (): Problem =>
  new Problem('session.busy', 'A turn is under way in this conversation', { fix: 'Wait for its end, or stop it first.' });

export const otherAgent = (agentId: string): Problem =>
  new Problem('session.other_agent', `This conversation does not belong to the agent ${agentId.slice(0, 64)}`, {
    fix: `Its key begins with agent:${agentId.slice(0, 64)}:`,
  });

export const attachmentTooLarge = (name: string, most: number): Problem =>
  new Problem('request.too_large', `${name} is larger than ${most / 1024 / 1024} MB`, { fix: 'Send a smaller file.' });
