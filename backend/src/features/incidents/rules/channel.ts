import type { Finding, Rule } from '../rule.ts';

/** A channel that is set up and switched on is not connected: nobody reaches the agents by it. */
export const channel: Rule = {
  kind: 'channel',
  tells: 'admin',
  confirm: (rules) => rules.channel.looks,
  clear: 2,
  find({ look: { gateway }, held }) {
    if (!gateway?.channelsDown || held.agents) return undefined;
    return gateway.channelsDown.map(({ id, label, account, error }): Finding => {
      const facts = { channel: account === undefined ? label : `${label} (${account})`, ...(error !== undefined && { error }) };
      return { about: id, severity: 'warning', facts };
    });
  },
};
