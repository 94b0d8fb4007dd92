import * as z from 'zod/mini';
import { MOST_FILE_BYTES, type AgentFile, type AgentFileContent } from '@clawmoor/shared/openclaw-agents.ts';
import type { GatewayCall, Gateways } from '../../lib/gateway.ts';
import { askAbout } from './agent.ts';
import { fileChanged, fileNotSupported, fileTooLarge } from './openclaw.problems.ts';
import { isRefusal, timeOf, understand } from './understand.ts';

const WireFile = z.object({
  name: z.string(),
  missing: z.optional(z.boolean()),
  size: z.optional(z.number()),
  updatedAtMs: z.optional(z.number()),
  hash: z.optional(z.string()),
  content: z.optional(z.string()),
});
const FilesList = z.object({ files: z.array(WireFile) });
const OneFile = z.object({ file: WireFile });
// More than the gateway has of them.
const MOST_FILES = 50;
// The gateway reads and writes it, but leaves it out of its list.
const UNLISTED = 'IDENTITY.md';

/** Which agent of which server, and for whom. */
export interface OfAgent {
  serverId: string;
  agentId: string;
  as: GatewayCall['as'];
  signal: AbortSignal;
}

export async function listFiles(gateways: Gateways, { serverId, agentId, as, signal }: OfAgent): Promise<AgentFile[]> {
  const payload = await askAbout(gateways, serverId, agentId, { method: 'agents.files.list', as, signal });
  const files = understand(FilesList, payload, 'a list of files').files.slice(0, MOST_FILES).map(listed);
  if (files.some(({ name }) => name === UNLISTED)) return files;
  const payloadOfOne = await askAbout(gateways, serverId, agentId, {
    method: 'agents.files.get',
    params: { name: UNLISTED },
    as,
    signal,
  });
  return [...files, listed(understand(OneFile, payloadOfOne, 'a file').file)];
}

export async function readFile(gateways: Gateways, { serverId, agentId, as, signal }: OfAgent, name: string): Promise<AgentFileContent> {
  const call = { method: 'agents.files.get', params: { name }, as, signal };
  const payload = await askAbout(gateways, serverId, agentId, call).catch((error: unknown) => explain(error, name));
  return whole(understand(OneFile, payload, 'a file').file);
}

/** `baseHash` is the hash that was read, `null` for a file that was missing. Throws `file.changed_meanwhile` with the hash of today. */
export async function writeFile(
  gateways: Gateways,
  of: OfAgent,
  { name, content, baseHash }: { name: string; content: string; baseHash: string | null },
): Promise<AgentFileContent> {
  if (Buffer.byteLength(content) > MOST_FILE_BYTES) throw fileTooLarge(name, MOST_FILE_BYTES);
  const { serverId, agentId, signal } = of;
  // The gateway cannot be told “only if it is not there”.
  const current = baseHash === null ? await readFile(gateways, of, name) : undefined;
  if (current?.missing === false) throw fileChanged(name, current.hash ?? undefined);
  const params = { name, content, ...(baseHash !== null && { expectedHash: baseHash }) };
  try {
    const payload = await askAbout(gateways, serverId, agentId, { method: 'agents.files.set', params, as: 'control', signal });
    return whole(understand(OneFile, payload, 'a file').file);
  } catch (error) {
    if (isRefusal(error, /changed since it was read/i)) throw fileChanged(name, (await readFile(gateways, of, name)).hash ?? undefined);
    throw explain(error, name);
  }
}

function explain(error: unknown, name: string): never {
  throw isRefusal(error, /unsupported file/i) ? fileNotSupported(name) : error;
}

const listed = ({ name, missing = false, size, updatedAtMs }: z.output<typeof WireFile>): AgentFile => ({
  name: name.slice(0, 128),
  missing,
  size: size ?? null,
  updatedAt: timeOf(updatedAtMs),
});

/** Somebody may have made it larger on the server than we would have written it. */
function whole(file: z.output<typeof WireFile>): AgentFileContent {
  const { content = '', hash } = file;
  if (Buffer.byteLength(content) > 4 * MOST_FILE_BYTES) throw fileTooLarge(file.name.slice(0, 128), 4 * MOST_FILE_BYTES);
  return { ...listed(file), content, hash: file.missing ? null : (hash?.slice(0, 128) ?? null) };
}
