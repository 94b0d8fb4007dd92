import type { Rule } from '../rule.ts';

/** The server answers, its gateway does not. */
export const gatewayDown: Rule = {
  kind: 'gateway_down',
  tells: 'viewer',
  confirm: (rules) => rules.gateway_down.looks,
  clear: 1,
  find({ look: { host, gateway, noGateway }, working, held }) {
    if (noGateway || gateway?.answers) return [];
    if (!host || !gateway || working || held.gateway) return undefined;
    const running = host.service?.running === true ? 'yes' : 'no';
    return [{ about: '', severity: 'critical', facts: { reason: gateway.problem?.code ?? 'gateway.down', running } }];
  },
};
