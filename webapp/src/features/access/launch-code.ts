import { initData } from '../../telegram/bridge.ts';

/**
 * The code in the link that opened the app: `inv_…` an invitation, `dev_…` the sign-in of a command line. Read from the launch,
 * which a reload keeps, and never put into an address: it is worth an access to who reads it there.
 */
export function launchCode(kind: 'inv' | 'dev'): string {
  const parameter = new URLSearchParams(initData).get('start_param') ?? '';
  return parameter.startsWith(`${kind}_`) ? parameter.slice(kind.length + 1) : '';
}
