import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Verdict } from './fake-clawhub.ts';
import { zipOf } from './zip.ts';

const VERSION = '1.0.0';

/** What ClawHub says about plugins, as far as OpenClaw asks it; each is code that registers nothing. */
export function answerAboutPlugins(url: URL, plugins: Record<string, Verdict>, response: ServerResponse): void {
  const say = (body: object, status = 200): void =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  if (url.pathname === '/api/v1/plugins/search') {
    const found = Object.keys(plugins).filter((name) => name.includes(url.searchParams.get('q') ?? ''));
    return say({ results: found.map((name) => ({ score: 1, package: packageOf(name) })) });
  }
  const [, encoded = '', rest = ''] = /^\/api\/v1\/packages\/([^/]+)(?:\/(.+))?$/.exec(url.pathname) ?? [];
  const name = decodeURIComponent(encoded);
  const verdict = plugins[name];
  if (verdict === undefined) return say({ error: 'not found' }, 404);
  const security = verdict === 'unknown' ? undefined : securityOf(name, verdict);
  const archive = archiveOf(name);
  const release = { version: VERSION, createdAt: 1, changelog: '', distTags: ['latest'], sha256hash: sha256(archive) };
  if (rest === '') return say({ package: packageOf(name), owner: { handle: 'crew' } });
  // Of one that is only blocked at the last moment, the page still says that it is clean.
  const shown = verdict === 'blocked at the last moment' ? securityOf(name, 'clean') : security;
  if (rest === 'detail')
    return say({
      package: packageOf(name),
      owner: { handle: 'crew' },
      version: {
        version: VERSION,
        pluginManifestSummary: { configFields: [], mcpServers: [], bundledSkills: [], channels: ['semaphore'] },
      },
      versions: { items: [release] },
      ...(shown && { security: shown }),
    });
  if (rest === `versions/${VERSION}`) return say({ package: packageOf(name), version: release });
  if (rest === `versions/${VERSION}/artifact`) return say({ package: packageOf(name), version: release });
  if (rest === `versions/${VERSION}/security`) return say(securityOf(name, verdict));
  if (rest === 'download') return void response.writeHead(200, { 'content-type': 'application/zip' }).end(archive);
  say({ error: 'not found' }, 404);
}

const packageOf = (name: string): object => ({
  name,
  displayName: `The ${name}`,
  family: 'code-plugin',
  channel: 'community',
  isOfficial: false,
  categories: [],
  ownerHandle: 'crew',
  summary: 'x',
  latestVersion: VERSION,
  tags: { latest: VERSION },
});

function securityOf(name: string, verdict: Verdict): object {
  const isBad = verdict === 'malicious' || verdict === 'blocked at the last moment';
  return {
    package: { name, displayName: name, family: 'code-plugin' },
    release: { releaseId: 'r', version: VERSION },
    overview: 'Looked at.',
    securityAuditUrl: `https://clawhub.invalid/audit/${name}`,
    verdict: isBad ? 'malicious' : verdict,
    trust: {
      scanStatus: isBad ? 'malicious' : verdict === 'unknown' ? 'pending' : 'clean',
      moderationState: isBad ? 'quarantined' : 'approved',
      blockedFromDownload: isBad,
      reasons: isBad ? ['scan:malicious'] : [],
      pending: verdict === 'unknown',
      stale: false,
    },
  };
}

const archiveOf = (name: string): Buffer =>
  zipOf({
    'package.json': JSON.stringify({ name, version: VERSION, type: 'module', openclaw: { extensions: ['./index.js'] } }),
    'openclaw.plugin.json': JSON.stringify({ id: name, name: `The ${name}`, version: VERSION, configSchema: { type: 'object' } }),
    'index.js': `export default { id: ${JSON.stringify(name)}, register() {} };\n`,
  });

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
