import type { Credential } from '../../../lib/look.ts';
import type { Finding, Rule } from '../rule.ts';

const HOUR_MS = 3_600_000;

/** A credential of a model provider ends soon, or has ended: agents fall silent with it. */
export const modelAuth: Rule = {
  kind: 'model_auth',
  tells: 'admin',
  confirm: () => 2,
  clear: 1,
  find({ look: { at, gateway }, rules: { model_auth: limits } }) {
    if (!gateway?.credentials) return undefined;
    return gateway.credentials.flatMap((credential): Finding[] => {
      const hours = hoursLeft(credential, at);
      if (hours === undefined || hours > limits.warningHours) return [];
      const stage = hours <= 0 ? 'expired' : hours <= limits.criticalHours ? 'soon' : 'later';
      const severity = stage === 'later' ? 'warning' : 'critical';
      const facts = { provider: credential.name, hours: Math.max(0, Math.ceil(hours)), stage };
      return [{ about: credential.provider, severity, stage, facts }];
    });
  },
};

/** What the gateway renews by itself lasts but an hour at a time: it counts when the gateway worries about it. */
function hoursLeft({ status, renews, expiresAt }: Credential, now: number): number | undefined {
  if (status === 'expired') return 0;
  if (expiresAt === undefined || (renews && status === 'ok')) return undefined;
  return (expiresAt - now) / HOUR_MS;
}
