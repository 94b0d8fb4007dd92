import { usage } from '../exit.ts';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** The origin of an installation, as a person types it: `clawmoor.example.com`, `http://127.0.0.1:3000`. */
export function readAddress(text: string): string {
  const url = parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `${isLoopback(text) ? 'http' : 'https'}://${text}`);
  // What is in front of an @ is a secret of somebody's: it is not said again.
  if (url && (url.username !== '' || url.password !== '')) throw usage('The address of Clawmoor has no user name and no password in it');
  if (!url || !['http:', 'https:'].includes(url.protocol))
    throw usage(`${text} is not an address of Clawmoor`, 'It looks like https://clawmoor.example.com');
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname))
    throw usage('Without TLS a token could be read on the way', `Use https://${url.host}, or reach it over an SSH tunnel on 127.0.0.1.`);
  return url.origin;
}

const isLoopback = (text: string): boolean => LOOPBACK.test(parse(`http://${text}`)?.hostname ?? '');

const parse = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined);
