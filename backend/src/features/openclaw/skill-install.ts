import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import type { HubSkill, InstallSkill, UploadSkill, Verdict } from '@clawmoor/shared/openclaw-skills.ts';
import type { Gateways } from '../../lib/gateway.ts';
import { Problem } from '../../lib/problem.ts';
import type { OfServer } from './sessions.ts';
import {
  archiveRefused,
  hubUnreachable,
  noVerdict,
  skillExists,
  skillMalicious,
  skillNotFound,
  skillUnconfirmed,
  uploadsDisabled,
} from './skills.problems.ts';
import { clip, isRefusal, understand } from './understand.ts';

// A gateway that does not reach ClawHub tries for 14 s before it says so.
const HUB_WITHIN_MS = 8_000;
const INSTALL_WITHIN_MS = 120_000;
// Base64 of this is a small frame.
const CHUNK_BYTES = 512 * 1024;
const ALREADY = /already (exists|installed)/i;

const text = z.optional(z.nullable(z.string()));
const Found = z.object({
  results: z.array(z.object({ slug: z.string(), displayName: text, summary: text, version: text, ownerHandle: text })),
});
const Detail = z.object({
  skill: z.nullable(z.object({ slug: z.string(), displayName: text, summary: text })),
  latestVersion: z.optional(z.nullable(z.object({ version: text }))),
  owner: z.optional(z.nullable(z.object({ handle: text }))),
  moderation: z.optional(
    z.nullable(
      z.object({
        verdict: text,
        isMalwareBlocked: z.optional(z.boolean()),
        isSuspicious: z.optional(z.boolean()),
      }),
    ),
  ),
});
const Installed = z.object({ slug: z.optional(z.string()), version: text, warning: text });
const Upload = z.object({ uploadId: z.string() });

export interface InstalledSkill {
  slug: string;
  version: string | null;
  warning: string | null;
}

export async function searchHub(gateways: Gateways, of: OfServer, query: string): Promise<HubSkill[]> {
  const { results } = understand(Found, await askHub(gateways, of, 'skills.search', { query, limit: 30 }), 'a list of skills');
  return results.slice(0, 30).map(({ slug, displayName, summary, version, ownerHandle }) => ({
    slug: slug.slice(0, 128),
    name: clip(displayName, 128) ?? slug.slice(0, 128),
    summary: clip(summary, 500),
    version: clip(version, 64),
    owner: clip(ownerHandle, 64),
    // A search says nothing of it; the skill's own page does.
    verdict: 'unknown' as const,
  }));
}

/** Throws `skill.not_found`, and within 8 s `skill.hub_unreachable`. */
export async function readHubSkill(gateways: Gateways, of: OfServer, slug: string): Promise<HubSkill> {
  const { skill, latestVersion, owner, moderation } = understand(Detail, await askHub(gateways, of, 'skills.detail', { slug }), 'a skill');
  if (!skill) throw skillNotFound(slug);
  return {
    slug: skill.slug.slice(0, 128),
    name: clip(skill.displayName, 128) ?? skill.slug.slice(0, 128),
    summary: clip(skill.summary, 500),
    version: clip(latestVersion?.version, 64),
    owner: clip(owner?.handle, 64),
    verdict: verdictOf(moderation),
  };
}

/** Clean only where somebody has said so. */
function verdictOf(moderation: z.output<typeof Detail>['moderation']): Verdict {
  const said = moderation?.verdict?.toLowerCase();
  if (moderation?.isMalwareBlocked || said === 'malicious') return 'malicious';
  return said === 'clean' && !moderation?.isSuspicious ? 'clean' : 'unknown';
}

export async function installSkill(
  gateways: Gateways,
  of: OfServer,
  { slug, version, agentId, confirm }: InstallSkill,
): Promise<InstalledSkill> {
  await checkVerdict(gateways, of, slug, confirm);
  const params = { source: 'clawhub', slug, ...(version !== undefined && { version }), ...(agentId !== undefined && { agentId }) };
  const payload = await change(gateways, of, 'skills.install', params).catch((error: unknown) => explain(error, slug));
  return installedOf(payload, slug);
}

export async function updateHubSkill(
  gateways: Gateways,
  of: OfServer,
  slug: string,
  { agentId, confirm }: { agentId?: string | undefined; confirm: boolean },
): Promise<InstalledSkill> {
  await checkVerdict(gateways, of, slug, confirm);
  const params = { source: 'clawhub', slug, ...(agentId !== undefined && { agentId }) };
  const payload = await change(gateways, of, 'skills.update', params).catch((error: unknown) => explain(error, slug));
  return installedOf(payload, slug);
}

/** Needs no network; nobody has checked what is in it, so it must be confirmed. */
export async function uploadSkill(
  gateways: Gateways,
  of: OfServer,
  { slug, archive, agentId, confirm }: UploadSkill,
): Promise<InstalledSkill> {
  if (!confirm) throw skillUnconfirmed(slug);
  const bytes = Buffer.from(archive, 'base64');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  try {
    const begin = { kind: 'skill-archive', slug, sizeBytes: bytes.length, sha256 };
    const { uploadId } = understand(Upload, await change(gateways, of, 'skills.upload.begin', begin), 'an upload');
    for (let offset = 0; offset < bytes.length; offset += CHUNK_BYTES) {
      const dataBase64 = bytes.subarray(offset, offset + CHUNK_BYTES).toString('base64');
      await change(gateways, of, 'skills.upload.chunk', { uploadId, offset, dataBase64 });
    }
    await change(gateways, of, 'skills.upload.commit', { uploadId, sha256 });
    const params = { source: 'upload', uploadId, slug, sha256, ...(agentId !== undefined && { agentId }) };
    return installedOf(await change(gateways, of, 'skills.install', params), slug);
  } catch (error) {
    if (isRefusal(error, /allowUploadedArchives/)) throw uploadsDisabled();
    if (isRefusal(error, ALREADY)) throw skillExists(slug);
    throw isRefusal(error, /./) ? archiveRefused(error.message.replace(/^The gateway [^:]*: /, '')) : error;
  }
}

async function checkVerdict(gateways: Gateways, of: OfServer, slug: string, confirm: boolean): Promise<void> {
  const { verdict } = await readHubSkill(gateways, of, slug);
  if (verdict === 'malicious') throw skillMalicious(slug);
  if (verdict === 'unknown' && !confirm) throw skillUnconfirmed(slug);
}

const change = (gateways: Gateways, { serverId, signal }: OfServer, method: string, params: Record<string, unknown>): Promise<unknown> =>
  gateways.request(serverId, { method, params, as: 'control', signal, timeoutMs: INSTALL_WITHIN_MS });

async function askHub(
  gateways: Gateways,
  { serverId, as, signal }: OfServer,
  method: string,
  params: Record<string, unknown>,
): Promise<unknown> {
  try {
    return await gateways.request(serverId, { method, params, as, signal, timeoutMs: HUB_WITHIN_MS });
  } catch (error) {
    if (error instanceof Problem && error.code === 'gateway.timeout') throw hubUnreachable();
    throw explain(error, String(params['slug'] ?? ''));
  }
}

function explain(error: unknown, slug: string): unknown {
  if (isRefusal(error, ALREADY)) throw skillExists(slug);
  if (isRefusal(error, /blocked this release|malicious/i)) throw skillMalicious(slug);
  if (isRefusal(error, /trust check/i)) throw noVerdict(slug);
  if (isRefusal(error, /not tracked as a ClawHub install|\b404\b|not found/i)) throw skillNotFound(slug);
  if (isRefusal(error, /fetch failed|ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT|timed out/i)) throw hubUnreachable();
  throw error;
}

function installedOf(payload: unknown, slug: string): InstalledSkill {
  const installed = understand(Installed, payload, 'a result');
  return { slug: clip(installed.slug, 128) ?? slug, version: clip(installed.version, 64), warning: clip(installed.warning, 1_000) };
}
