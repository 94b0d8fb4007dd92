import { BlockList, isIP } from 'node:net';

const cidrOrAddress = /^[0-9a-f.:]+(\/\d{1,3})?$/i;

export const privateHosts = (text: string): 'all' | 'none' | string[] =>
  text === 'true' ? 'all' : text === 'false' ? 'none' : text.split(',').map((item) => item.trim());

export function hostProblems({ ALLOW_PRIVATE_HOSTS: text }: { ALLOW_PRIVATE_HOSTS?: string | undefined }): string[] {
  if (text === undefined || text === 'true' || text === 'false') return [];
  const wrong = text.split(',').some((item) => !/^[0-9a-f.:]+\/\d{1,3}$/i.test(item.trim()));
  return wrong ? ['ALLOW_PRIVATE_HOSTS: true, false, or networks such as 10.0.0.0/8, by comma'] : [];
}

export function originProblems({
  APP_DOMAIN,
  DASHBOARD_ORIGIN,
}: {
  APP_DOMAIN?: string | undefined;
  DASHBOARD_ORIGIN?: string | undefined;
}): string[] {
  const same =
    DASHBOARD_ORIGIN !== undefined && new URL(DASHBOARD_ORIGIN.replace('*.', '')).host === APP_DOMAIN && !DASHBOARD_ORIGIN.includes('*.');
  return same ? ['DASHBOARD_ORIGIN: must not be the address of the app itself: a page of a gateway could act as the app there'] : [];
}

export function trustProxy(text: string | undefined): false | number | string[] {
  if (text === undefined) return false;
  return /^\d+$/.test(text) ? Number(text) : text.split(',').map((item) => item.trim());
}

export function proxyProblems(text: string | undefined): string[] {
  if (text === undefined || /^\d+$/.test(text)) return [];
  const wrong = text.split(',').some((item) => !cidrOrAddress.test(item.trim()) && !/^(loopback|linklocal|uniquelocal)$/.test(item.trim()));
  return wrong ? ['TRUST_PROXY: a number of proxies, or their addresses or networks, by comma'] : [];
}

/** Requests go to it without TLS: it must be an address that only machines of one's own reach. */
export function peerProblems({
  PEER_ADDRESS,
  DATABASE_URL,
}: {
  PEER_ADDRESS?: string | undefined;
  DATABASE_URL?: string | undefined;
}): string[] {
  if (PEER_ADDRESS === undefined) return [];
  if (DATABASE_URL === undefined) return ['PEER_ADDRESS: several processes need DATABASE_URL, a PostgreSQL that they share'];
  if (isIP(PEER_ADDRESS) > 0 && ownNetworks.check(PEER_ADDRESS, isIP(PEER_ADDRESS) === 6 ? 'ipv6' : 'ipv4')) return [];
  return ['PEER_ADDRESS: a private or loopback address of this machine, such as 10.0.0.5, without a port'];
}

const ownNetworks = new BlockList();
for (const [network, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
] as const)
  ownNetworks.addSubnet(network, bits, 'ipv4');
ownNetworks.addAddress('::1', 'ipv6');
ownNetworks.addSubnet('fc00::', 7, 'ipv6');
