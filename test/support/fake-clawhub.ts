import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerAboutPlugins } from './fake-clawhub-plugins.ts';
import { zipOf } from './zip.ts';

export interface FakeClawhub {
  url: string;
  /** What was asked for, as `METHOD /path`. */
  asked: string[];
  [Symbol.asyncDispose]: () => Promise<void>;
}

export type Verdict = 'clean' | 'unknown' | 'malicious' | 'blocked at the last moment';

export const skillText = (name: string): string => `---\nname: ${name}\ndescription: Knows about ${name}.\n---\n\n# ${name}\n`;

/** The registry on loopback, as far as OpenClaw asks it: each skill and each plugin with the verdict that a test gives it. */
export async function startFakeClawhub(skills: Record<string, Verdict>, plugins: Record<string, Verdict> = {}): Promise<FakeClawhub> {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://hub');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    asked.push(`${request.method} ${url.pathname}`);
    const say = (body: object, status = 200): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (/^\/api\/v1\/(plugins|packages)\//.test(url.pathname)) return void answerAboutPlugins(url, plugins, response);
    const [, slug = '', what] = /^\/api\/v1\/skills\/([^/]+)(?:\/(\w+))?$/.exec(url.pathname) ?? [];
    if (url.pathname === '/api/v1/search')
      return say({
        results: Object.keys(skills).map((name) => ({
          slug: name,
          displayName: `The ${name}`,
          source: 'clawhub',
          ownerHandle: 'crew',
          score: 1,
          summary: 'x',
        })),
      });
    if (url.pathname === '/api/v1/skills/-/security-verdicts')
      return say({
        items: JSON.parse(Buffer.concat(chunks).toString()).items.map((item: { slug: string; version: string }) =>
          verdictFor(item, skills[item.slug]),
        ),
      });
    if (url.pathname === '/api/v1/download' || url.pathname.startsWith('/zip/')) {
      const name = url.searchParams.get('slug') ?? url.pathname.slice(5);
      return void response.writeHead(200, { 'content-type': 'application/zip' }).end(zipOf({ 'SKILL.md': skillText(name) }));
    }
    const verdict = skills[slug];
    if (verdict === undefined) return say({ error: 'not found' }, 404);
    if (what === 'install')
      return say({ ok: true, slug, installKind: 'archive', archive: { version: '1.0.0', downloadUrl: `/zip/${slug}` } });
    if (what !== undefined) return say({}, 404);
    return say({
      skill: { slug, displayName: `The ${slug}`, summary: 'x' },
      latestVersion: { version: '1.0.0' },
      owner: { handle: 'crew' },
      moderation:
        verdict === 'unknown'
          ? null
          : { verdict: verdict === 'malicious' ? 'malicious' : 'clean', isMalwareBlocked: verdict === 'malicious' },
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function verdictFor({ slug, version }: { slug: string; version: string }, verdict: Verdict | undefined): object {
  const isBad = verdict === 'malicious' || verdict === 'blocked at the last moment';
  return {
    slug,
    version,
    requestedSlug: slug,
    requestedVersion: version,
    ok: !isBad,
    decision: isBad ? 'blocked' : 'pass',
    publisherHandle: 'crew',
    displayName: slug,
    reasons: isBad ? ['scan:malicious'] : [],
    overview: 'Looked at.',
    securityAuditUrl: `https://clawhub.invalid/audit/${slug}`,
    security: { status: isBad ? 'malicious' : 'clean', passed: !isBad },
  };
}
