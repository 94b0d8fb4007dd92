import { Readable } from 'node:stream';
import type { agentRoutes } from '@clawmoor/shared/openclaw-agents.ts';
import type { Role } from '@clawmoor/shared/route.ts';
import { readAgent, removeAgent, updateAgent } from '../features/openclaw/agent.ts';
import {
  cloneAgent,
  createFrom,
  packSnapshot,
  preview,
  takeSnapshot,
  unpackSnapshot,
  type CopyParts,
} from '../features/openclaw/agent-copy.ts';
import { listFiles, readFile, writeFile } from '../features/openclaw/agent-files.ts';
import type { Handlers } from '../http/handlers.ts';

interface Parts extends CopyParts {
  roleOf: (serverId: string, userId: string) => Promise<Role | undefined>;
}

export function agentHandlers({ roleOf, ...parts }: Parts): Handlers<typeof agentRoutes> {
  const { gateways } = parts;
  return {
    readAgent: ({ id, agentId }, { server, signal }) => readAgent(gateways, id, agentId, server?.role ?? 'viewer', signal),
    async updateAgent({ id, agentId, body }, { signal, note }) {
      note({ target: agentId, after: body });
      const { before, after } = await updateAgent(gateways, id, { agentId, change: body, signal });
      note({ before, after });
      return after;
    },
    async removeAgent({ id, agentId, confirm, deleteFiles }, { signal, note }) {
      note({ target: agentId, after: { deleteFiles } });
      const removed = await removeAgent(gateways, id, { agentId, confirm, deleteFiles: deleteFiles === 'true', signal });
      note({ before: removed });
    },
    listAgentFiles: async ({ id, agentId }, { server, signal }) => ({
      files: await listFiles(gateways, { serverId: id, agentId, as: server?.role ?? 'viewer', signal }),
    }),
    readAgentFile: ({ id, agentId, name }, { server, signal }) =>
      readFile(gateways, { serverId: id, agentId, as: server?.role ?? 'viewer', signal }, name),
    async writeAgentFile({ id, agentId, name, body }, { signal, note }) {
      note({ target: `${agentId}/${name}`, before: { hash: body.baseHash } });
      const written = await writeFile(gateways, { serverId: id, agentId, as: 'control', signal }, { name, ...body });
      note({ after: { hash: written.hash, size: written.size } });
      return written;
    },
    async exportAgent({ id, agentId }, { signal, note }) {
      const { snapshot, leftOut } = await takeSnapshot(parts, { serverId: id, agentId, as: 'control', signal });
      const archive = await packSnapshot(snapshot);
      note({ target: agentId, after: { size: archive.length, files: snapshot.files.length, leftOut } });
      const filename = `${agentId}-${snapshot.exportedAt?.slice(0, 10)}.tar.gz`;
      return { filename, type: 'application/gzip', size: archive.length, stream: Readable.from([archive]) };
    },
    previewAgentImport: ({ id, body }, { signal }) => preview(parts, id, Buffer.from(body.archive, 'base64'), signal),
    async importAgent({ id, body }, { signal, note }) {
      const snapshot = await unpackSnapshot(Buffer.from(body.archive, 'base64'));
      const { archive: _archive, ...wanted } = body;
      note({ target: wanted.id ?? snapshot.agent.id, after: { ...wanted, from: snapshot.agent.id, files: snapshot.files.length } });
      return createFrom(parts, id, { snapshot, ...wanted, signal });
    },
    async cloneAgent({ id, agentId, body }, { caller, signal, note }) {
      note({ target: agentId, after: body });
      return cloneAgent(
        parts,
        { serverId: id, agentId, as: 'control', signal },
        { ...body, role: await roleOf(body.toServerId, caller.userId) },
      );
    },
  };
}
