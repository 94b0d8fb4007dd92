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
