import { createHash } from 'node:crypto';
import type { ragAgentRoutes } from '@clawmoor/shared/rag-agents.ts';
import type { ragDocumentRoutes } from '@clawmoor/shared/rag-documents.ts';
import type { ragRoutes } from '@clawmoor/shared/rag.ts';
import type { Rag } from '../features/rag/rag.ts';
import type { Handlers } from '../http/handlers.ts';
import { Problem } from '../lib/problem.ts';

export function ragHandlers({ rag }: { rag: Rag }): Handlers<typeof ragRoutes & typeof ragAgentRoutes & typeof ragDocumentRoutes> {
  return {
    async installRag({ id }, { caller, idempotencyKey, note }) {
      const taskId = await rag.install(id, { by: caller.userId, idempotencyKey });
      note({ after: { taskId } });
      return { taskId };
    },
    readRagHealth: ({ id }, { signal }) => rag.health(id, signal),
    listRagConnections: async ({ id }, { signal }) => ({ connections: await rag.connections(id, signal) }),
    async configureRagAgent({ id, agentId, body }, { caller, signal, note }) {
      const { apiKey: _secret, ...embedding } = { apiKey: undefined, ...body.embedding };
      note({ target: agentId, after: { agentId, ...body, embedding } });
      return rag.configure({ serverId: id, agentId, by: caller.userId, signal }, body);
    },
    listRagFiles: async ({ id, agentId }, { signal }) => ({ files: await rag.files({ serverId: id, agentId, signal }) }),
    async uploadRagFiles({ id, agentId }, { caller, signal, note, uploads }) {
      note({ target: agentId });
      const { taskId, files } = await rag.upload({ serverId: id, agentId, by: caller.userId, signal }, uploads());
      note({ after: { agentId, taskId, files: files.map(({ name, size, sha256, state }) => ({ name, size, sha256, state })) } });
      return { taskId, files };
    },
    readRagFile: ({ id, agentId, fileId, after }, { signal }) => rag.file({ serverId: id, agentId, signal }, fileId, after),
    async deleteRagFile({ id, agentId, fileId }, { caller, signal, note }) {
      note({ target: agentId, before: { agentId, fileId } });
      await rag.removeFile({ serverId: id, agentId, by: caller.userId, signal }, fileId);
    },
    async reindexRagAgent({ id, agentId, body: { full } }, { caller, idempotencyKey, signal, note }) {
      const taskId = await rag.reindex({ serverId: id, agentId, by: caller.userId, signal }, { full, idempotencyKey });
      note({ target: agentId, after: { agentId, full, taskId } });
      return { taskId };
    },
    async queryRagAgent({ id, agentId, body }, { signal, note }) {
      note({ target: agentId });
      const answer = await rag.query({ serverId: id, agentId, signal }, body);
      // Which question it was can be told by who knows it, and by nobody else.
      const querySha256 = createHash('sha256').update(body.query).digest('hex');
      note({ after: { agentId, querySha256, mode: answer.mode, files: [...new Set(answer.results.map(({ file }) => file.id))] } });
      return answer;
    },
    async evalRagAgent({ id, agentId, body: { questions } }, { signal, note }) {
      note({ target: agentId, after: { agentId, questions: questions.length } });
      return rag.evaluate({ serverId: id, agentId, signal }, questions);
    },
    async enableRagSkill({ id, agentId, body: { via } }, { caller, idempotencyKey, signal, note }) {
      const taskId = await rag.enableSkill({ serverId: id, agentId, by: caller.userId, signal }, { via, idempotencyKey });
      note({ target: agentId, after: { agentId, via, taskId } });
      return { taskId };
    },
    async disableRagSkill({ id, agentId }, { caller, idempotencyKey, signal, note }) {
      const taskId = await rag.disableSkill({ serverId: id, agentId, by: caller.userId, signal }, idempotencyKey);
      note({ target: agentId, after: { agentId, taskId } });
      return { taskId };
    },
    exportRagAgent({ id, agentId, vectors }, { signal, note }) {
      note({ target: agentId, after: { agentId, vectors: vectors === '1' } });
      return rag.exportArchive({ serverId: id, agentId, signal }, vectors === '1');
    },
    async importRagAgent({ id, agentId }, { caller, signal, note, uploads }) {
      note({ target: agentId });
      const { taskId, imported } = await rag.importArchive({ serverId: id, agentId, by: caller.userId, signal }, uploads());
      note({ after: { agentId, taskId, imported } });
      return { taskId, imported };
    },
    async disconnectRagAgent({ id, agentId }, { caller, signal, note }) {
      note({ target: agentId });
      const { kept } = await rag.disconnect({ serverId: id, agentId, by: caller.userId, signal });
      note({ after: { agentId, kept } });
      return { kept };
    },
    async deleteRagAgent({ id, agentId, confirm }, { caller, signal, note }) {
      note({ target: agentId });
      if (confirm !== undefined && confirm !== agentId)
        throw new Problem('agent.confirm_mismatch', `To delete these documents, type ${agentId}`, {
          fix: 'Type it exactly as it is written.',
        });
      const { removed } = await rag.remove({ serverId: id, agentId, by: caller.userId, signal });
      note({ before: { agentId, ...removed } });
    },
  };
}
