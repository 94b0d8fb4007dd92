import type { ollamaRoutes } from '@clawmoor/shared/ollama.ts';
import type { OllamaFeature } from '../features/ollama/ollama.ts';
import type { Handlers } from '../http/handlers.ts';

export interface OllamaHandlerParts {
  ollama: OllamaFeature;
}

export function ollamaHandlers({ ollama }: OllamaHandlerParts): Handlers<typeof ollamaRoutes> {
  return {
    readOllama: ({ id }, { signal }) => ollama.status(id, signal),
    async installOllama({ id, body: { version } }, { caller, idempotencyKey, signal, note }) {
      const taskId = await ollama.install(id, version, { by: caller.userId, idempotencyKey, signal });
      note({ after: { taskId, ...(version !== undefined && { version }) } });
      return { taskId };
    },
    async pullOllamaModel({ id, body: { model } }, { caller, idempotencyKey, signal, note }) {
      note({ after: { model } });
      const taskId = await ollama.pull(id, model, { by: caller.userId, idempotencyKey, signal });
      note({ after: { taskId, model } });
      return { taskId };
    },
    async deleteOllamaModel({ id, name }, { signal, note }) {
      note({ target: name, before: { model: name } });
      await ollama.removeModel(id, name, signal);
    },
  };
}
