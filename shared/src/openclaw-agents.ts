import * as z from 'zod/mini';
import { Name, Time } from './fields.ts';
import { Agent, ModelId } from './openclaw.ts';
import { AgentId } from './setup.ts';
import { route } from './route.ts';

/** OpenClaw puts 20,000 characters of such a file into a prompt; this leaves room for languages that need three bytes a letter. */
export const MOST_FILE_BYTES = 256 * 1024;
/** Of the packed archive. An agent's files are text: this is more than they come to. */
export const MOST_ARCHIVE_BYTES = 2 * 1024 * 1024;

/** One of the files that make an agent who it is: SOUL.md, IDENTITY.md, … */
export const AgentFile = z.object({
  name: z.string(),
  /** Not written yet. */
  missing: z.boolean(),
  size: z.nullable(z.number()),
  updatedAt: z.nullable(Time),
});
export type AgentFile = z.output<typeof AgentFile>;

export const AgentFileContent = z.extend(AgentFile, {
  content: z.string(),
  /** What `PUT` takes as `baseHash`; `null` while the file is missing. */
  hash: z.nullable(z.string()),
});
export type AgentFileContent = z.output<typeof AgentFileContent>;

const Hash = z.string().check(z.regex(/^[a-f0-9]{64}$/i, 'not a SHA-256'));
const Emoji = z.string().check(z.trim(), z.minLength(1), z.maxLength(16), z.regex(/^[^\p{Cc}\p{L}<>&"'`]+$/u, 'not an emoji'));

export const AgentChange = z.strictObject({
  name: z.optional(Name),
  /** `null`: the gateway's default. */
  model: z.optional(z.nullable(ModelId)),
  emoji: z.optional(Emoji),
});
export type AgentChange = z.output<typeof AgentChange>;

// Base64 is a third longer than what it stands for.
const Archive = z
  .string()
  .check(
    z.minLength(1),
    z.maxLength(Math.ceil((MOST_ARCHIVE_BYTES * 4) / 3) + 4),
    z.regex(/^[A-Za-z0-9+/]+={0,2}$/, 'base64 of a .tar.gz'),
  );
const ARCHIVE_BODY_BYTES = 3 * 1024 * 1024;

/** What an archive holds, before anything is made of it. */
export const ArchivePreview = z.object({
  agent: z.object({ id: z.string(), name: z.string(), model: z.nullable(z.string()), emoji: z.nullable(z.string()) }),
  exportedAt: z.nullable(Time),
  files: z.array(z.object({ name: z.string(), size: z.number(), sha256: z.string() })),
  /** Entries that are not taken, and why. */
  skipped: z.array(z.object({ name: z.string(), why: z.string() })),
  /** An agent of that id is there already: choose another. */
  exists: z.boolean(),
  /** The gateway knows the model of the archive. */
  modelKnown: z.boolean(),
});
export type ArchivePreview = z.output<typeof ArchivePreview>;

export const ImportAgent = z.strictObject({ archive: Archive, id: z.optional(AgentId), name: z.optional(Name) });
export type ImportAgent = z.output<typeof ImportAgent>;

export const CloneAgent = z.strictObject({
  toServerId: z.string().check(z.minLength(1), z.maxLength(64)),
  id: AgentId,
  name: z.optional(Name),
});
export type CloneAgent = z.output<typeof CloneAgent>;

export const agentRoutes = {
  readAgent: route({
    method: 'get',
    path: '/servers/:id/openclaw/agents/:agentId',
    summary: 'One agent',
    access: 'server:viewer',
    returns: Agent,
  }),
  updateAgent: route({
    method: 'put',
    path: '/servers/:id/openclaw/agents/:agentId',
    summary: 'Change the name, model or emoji of an agent',
    access: 'server:admin',
    limit: 'submit',
    audit: 'openclaw.agent_update',
    body: AgentChange,
    returns: Agent,
  }),
  removeAgent: route({
    method: 'delete',
    path: '/servers/:id/openclaw/agents/:agentId',
    summary: 'Delete an agent, with its name or id typed to confirm; its files stay unless told',
    access: 'server:admin',
    limit: 'submit',
    audit: 'openclaw.agent_delete',
    query: z.strictObject({
      confirm: z.string().check(z.minLength(1), z.maxLength(128)),
      deleteFiles: z._default(z.enum(['true', 'false']), 'false'),
    }),
    status: 204,
  }),
  listAgentFiles: route({
    method: 'get',
    path: '/servers/:id/openclaw/agents/:agentId/files',
    summary: 'The files that make an agent who it is',
    access: 'server:viewer',
    returns: z.object({ files: z.array(AgentFile) }),
  }),
  readAgentFile: route({
    method: 'get',
    path: '/servers/:id/openclaw/agents/:agentId/files/:name',
    summary: 'One file of an agent, with its hash',
    access: 'server:viewer',
    returns: AgentFileContent,
  }),
  writeAgentFile: route({
    method: 'put',
    path: '/servers/:id/openclaw/agents/:agentId/files/:name',
    summary: 'Write a file of an agent, if it is still the one that was read',
    access: 'server:admin',
    limit: 'submit',
    audit: 'openclaw.agent_file_write',
    bodyBytes: 2 * 1024 * 1024,
    body: z.strictObject({ content: z.string().check(z.maxLength(MOST_FILE_BYTES)), baseHash: z.nullable(Hash) }),
    returns: AgentFileContent,
  }),
  exportAgent: route({
    method: 'get',
    path: '/servers/:id/openclaw/agents/:agentId/export',
    summary: 'The settings and files of an agent as a .tar.gz; what looks like a secret is left out',
    access: 'server:admin',
    limit: 'submit',
    audit: 'openclaw.agent_export',
    sends: 'file',
  }),
  previewAgentImport: route({
    method: 'post',
    path: '/servers/:id/openclaw/agents/import/preview',
    summary: 'What an exported agent holds; changes nothing',
    access: 'server:admin',
    limit: 'submit',
    audit: 'openclaw.agent_import_preview',
    bodyBytes: ARCHIVE_BODY_BYTES,
    body: z.strictObject({ archive: Archive }),
    returns: ArchivePreview,
  }),
  importAgent: route({
    method: 'post',
    path: '/servers/:id/openclaw/agents/import',
    summary: 'Create an agent from an export',
    access: 'server:admin',
    limit: 'submit',
    audit: 'openclaw.agent_import',
    bodyBytes: ARCHIVE_BODY_BYTES,
    body: ImportAgent,
    returns: Agent,
    status: 201,
  }),
  cloneAgent: route({
    method: 'post',
    path: '/servers/:id/openclaw/agents/:agentId/clone',
    summary: 'Copy an agent to this or another server of which the caller is an admin as well',
    access: 'server:admin',
    limit: 'submit',
    audit: 'openclaw.agent_clone',
    body: CloneAgent,
    returns: Agent,
    status: 201,
  }),
};
