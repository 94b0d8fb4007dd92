import { request } from 'node:https';
import { expect } from 'vitest';
import { BOT_TOKEN, signInitData } from '../support/world.ts';
import type { DebianHost } from './debian.ts';

export const DOMAIN = 'claw.test';
export const INSTALL = '/root/release/clawmoor-*/deploy/install.sh';
export const FLAGS = `--domain ${DOMAIN} --super-admin 900 --token-file /root/token --tls internal`;
/** The super-admin: nobody else may sign in to a fresh installation. */
export const olga = { id: 900, name: 'Olga' };
/** The address that a machine of the test network sees this computer at. */
export const GATEWAY = '10.214.61.1';
export const CADDY_CA = '/var/lib/caddy/.local/share/caddy/pki/authorities/local/root.crt';

/** A service reads nobody's .npmrc and no login environment: how the machine reaches the npm registry is said to it as an operator would. */
const WAY_OUT = `{ cat /etc/environment; [ ! -e .npmrc ] || awk -F= '{ key = $1; gsub("-", "_", key); print "npm_config_" key substr($0, length($1) + 1) }' .npmrc; } >>/etc/clawmoor/env`;

interface Answer {
  status: number;
  text: string;
}

/** Clawmoor on a Debian server, as an operator (root) and a client (HTTPS, Caddy's own authority) see it. */
export interface Installation {
  host: DebianHost;
  root: (command: string) => Promise<string>;
  /** Runs what must fail; answers what it printed. */
  failing: (command: string) => Promise<string>;
  /** Over TLS, as the signed-in person where there is one. A body makes it a POST. */
  ask: (path: string, body?: unknown) => Promise<Answer>;
  /** The same, parsed; fails the test on anything but a 2xx. */
  json: <T>(path: string, body?: unknown) => Promise<T>;
  /** After the installer: reads the authority that signed the certificate. */
  trust: () => Promise<void>;
  signIn: () => Promise<void>;
  version: () => Promise<string>;
}

/** Puts a release and the operator's secrets on a host; nothing is installed yet. `env` are lines of /etc/clawmoor/env. */
export async function prepareInstallation(host: DebianHost, tarball: string, env: string[]): Promise<Installation> {
  let authority = '';
  let session = '';
  const root = (command: string): Promise<string> => host.exec(command, 'root');
  const ask = (path: string, body?: unknown): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const headers = {
        host: DOMAIN,
        ...(session !== '' && { authorization: `Bearer ${session}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      };
      const method = body === undefined ? 'GET' : 'POST';
      const asked = request({ host: host.address, path, method, servername: DOMAIN, ca: authority, headers, agent: false }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      asked.once('error', reject);
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  async function json<T>(path: string, body?: unknown): Promise<T> {
    const { status, text } = await ask(path, body);
    expect(status, `${path}: ${text}`).toBeLessThan(300);
    return JSON.parse(text) as T;
  }
  await host.put(tarball, '/root/release.tar.gz');
  await root('mkdir release && tar -xzf release.tar.gz -C release');
  // What an operator may have put there before; it stays, and nothing but the test is dialled.
  const lines = env.map((line) => `echo '${line}' >>/etc/clawmoor/env`).join('; ');
  await root(`umask 077; mkdir /etc/clawmoor; ${lines}; echo '${BOT_TOKEN}' >token; ${WAY_OUT}`);
  return {
    host,
    root,
    failing: (command) => root(`! { ${command}; } 2>&1`),
    ask,
    json,
    async trust() {
      authority = await root(`cat ${CADDY_CA}`);
    },
    async signIn() {
      session = '';
      const initData = signInitData({ user: JSON.stringify({ id: olga.id, first_name: olga.name }) });
      session = (await json<{ token: string }>('/api/auth/telegram', { initData })).token;
    },
    version: async () => (await json<{ version: string }>('/api/health')).version,
  };
}
