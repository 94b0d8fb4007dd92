import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { extract, pack, type Header } from 'tar-stream';
import * as z from 'zod/mini';
import { MOST_FILE_BYTES } from '@clawmoor/shared/openclaw-agents.ts';
import { archiveInvalid, archiveTooLarge } from './openclaw.problems.ts';

/** An agent as it travels: its settings and its files, no secrets, nothing of the machine it was on. */
export interface AgentSnapshot {
  agent: { id: string; name: string; model: string | null; emoji: string | null };
  exportedAt: string | null;
  files: { name: string; content: string }[];
}

// Ten times what an agent has; a bomb ends here and not in our memory.
const MOST_ENTRIES = 64;
const MOST_UNPACKED_BYTES = 8 * 1024 * 1024;
const MANIFEST = 'agent.json';
// Bytes that are no text are refused, not replaced.
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const FILE = /^files\/([A-Za-z][\w-]{0,63}\.md)$/;

const shortText = (most: number) => z.string().check(z.minLength(1), z.maxLength(most));
const Manifest = z.object({
  format: z.literal('clawmoor.agent/1'),
  exportedAt: z.optional(shortText(40)),
  agent: z.object({
    id: shortText(64),
    name: shortText(64),
    model: z.nullable(shortText(200)),
    emoji: z.nullable(shortText(16)),
  }),
  files: z.array(z.object({ name: shortText(68), size: z.number(), sha256: shortText(64) })).check(z.maxLength(MOST_ENTRIES)),
});

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A `.tar.gz` of `agent.json` and `files/…`. The same agent at the same time gives the same bytes. */
export async function packAgent({ agent, exportedAt, files }: AgentSnapshot): Promise<Buffer> {
  const described = files.map(({ name, content }) => ({ name, size: Buffer.byteLength(content), sha256: sha256(content) }));
  const manifest = { format: 'clawmoor.agent/1', exportedAt, agent, files: described };
  const tar = pack();
  const entries = [
    { name: MANIFEST, content: JSON.stringify(manifest, undefined, 2) },
    ...files.map(({ name, content }) => ({ name: `files/${name}`, content })),
  ];
  for (const { name, content } of entries) tar.entry({ name, mtime: new Date(0), mode: 0o600 }, content);
  tar.finalize();
  return promisify(gzip)(await buffer(tar));
}

/** Trusts nothing: only plain files of the two known places, each within its limits and as its manifest says. Throws `agent.archive_…`. */
export async function unpackAgent(archive: Buffer): Promise<AgentSnapshot> {
  const texts = await readEntries(await unzip(archive));
  const manifest = Manifest.safeParse(parseJson(texts.get(MANIFEST)));
  if (!manifest.success) throw archiveInvalid('it has no agent.json that can be read');
  const { agent, exportedAt = null, files } = manifest.data;
  return {
    agent,
    exportedAt,
    files: files.map(({ name, sha256: expected }) => {
      const content = texts.get(`files/${name}`);
      if (content === undefined) throw archiveInvalid(`${name} is missing`);
      if (sha256(content) !== expected) throw archiveInvalid(`${name} is damaged`);
      return { name, content };
    }),
  };
}

async function unzip(archive: Buffer): Promise<Buffer> {
  try {
    return await promisify(gunzip)(archive, { maxOutputLength: MOST_UNPACKED_BYTES });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // zlib's errors all have one
    throw code === 'ERR_BUFFER_TOO_LARGE' ? archiveTooLarge('more than 8 MB when unpacked') : archiveInvalid('it is not a .tar.gz');
  }
}

async function readEntries(tar: Buffer): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const reader = extract();
  reader.end(tar);
  try {
    for await (const entry of reader) {
      check(entry.header, texts);
      texts.set(entry.header.name, UTF8.decode(await buffer(entry)));
    }
  } catch (error) {
    // tar-stream's own errors, and bytes that are no text.
    throw error instanceof Error && error.name !== 'Problem' ? archiveInvalid('it cannot be unpacked') : error;
  }
  return texts;
}

function check({ name, type, size = 0 }: Header, texts: Map<string, string>): void {
  if (texts.size >= MOST_ENTRIES) throw archiveTooLarge(`more than ${MOST_ENTRIES} files`);
  if (type !== 'file' || (name !== MANIFEST && !FILE.test(name))) throw archiveInvalid(`${name.slice(0, 80)} does not belong there`);
  if (size > MOST_FILE_BYTES) throw archiveTooLarge(`${name.slice(0, 80)} has more than ${MOST_FILE_BYTES / 1024} KB`);
  if (texts.has(name)) throw archiveInvalid(`${name} is there twice`);
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
