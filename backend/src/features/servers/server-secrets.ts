import type { Sealer } from '../../lib/sealer.ts';
import type { SecretName } from '../../lib/tables.ts';

/** Where a secret is sent: what it is bound to. */
export interface Destination {
  serverId: string;
  host: string;
  port: number;
  username: string;
}

/**
 * Seals a secret for one row and one destination. Copied to another row, or used after the host, port or user name was
 * changed, it does not open: nobody gets a password by pointing somebody's server at a machine of their own.
 */
export function serverSecrets(sealer: Sealer) {
  return {
    seal: (name: SecretName, text: string, destination: Destination): string => sealer.seal(text, aadOf(name, destination)),
    open: (name: SecretName, envelope: string, destination: Destination): string => sealer.open(envelope, aadOf(name, destination)),
  };
}

export const aadOf = (name: SecretName, { serverId, host, port, username }: Destination): string =>
  ['server_secret', 'envelope', serverId, name, host, port, username].join('\u0000');
