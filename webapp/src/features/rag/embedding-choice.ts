import type { RagConfigure, RagConnection } from '@clawmoor/shared/rag-agents.ts';

/** What the form holds, as it is typed. */
export interface EmbeddingChoice {
  provider: 'ollama' | 'openai-compatible' | 'none';
  model: string;
  baseUrl: string;
  /** Empty: the stored one stays. */
  apiKey: string;
  size: string;
  overlap: string;
}

/** What holds now; for a new collection a model of this server where there is one, else words alone. */
export function startOf(before: RagConnection | undefined, models: readonly string[]): EmbeddingChoice {
  const { embedding, chunk } = before ?? {};
  return {
    provider: embedding?.provider ?? (models.length > 0 ? 'ollama' : 'none'),
    model: embedding ? (embedding.model ?? '').replace(/:latest$/, '') : (models[0] ?? ''),
    baseUrl: embedding?.provider === 'openai-compatible' ? (embedding.baseUrl ?? '') : '',
    apiKey: '',
    size: String(chunk?.size ?? 1200),
    overlap: String(chunk?.overlap ?? 150),
  };
}

export function wrongIn({ provider, model, baseUrl, size, overlap }: EmbeddingChoice): { chunk: boolean; incomplete: boolean } {
  const [letters, shared] = [Number(size), Number(overlap)];
  const chunk = !(
    Number.isInteger(letters) &&
    letters >= 200 &&
    letters <= 1800 &&
    Number.isInteger(shared) &&
    shared >= 0 &&
    shared <= letters / 2
  );
  const named = provider === 'none' || model.trim() !== '';
  const reached = provider !== 'openai-compatible' || /^https?:\/\/\S+$/.test(baseUrl);
  return { chunk, incomplete: chunk || !named || !reached };
}

interface Places {
  before: RagConnection | undefined;
  /** Where the Ollama of this server is. */
  ollamaUrl: string | undefined;
}

export function embeddingOf(choice: EmbeddingChoice, { before, ollamaUrl }: Places): RagConfigure {
  const { provider, model, baseUrl, apiKey, size, overlap } = choice;
  const chunk = before && { chunk: { size: Number(size), overlap: Number(overlap) } };
  if (provider === 'none') return { embedding: { provider }, ...chunk };
  if (provider === 'openai-compatible')
    return { embedding: { provider, model: model.trim(), baseUrl, ...(apiKey !== '' && { apiKey }) }, ...chunk };
  // An Ollama elsewhere that somebody has set up by the API stays where it is.
  const url = (before?.embedding.provider === 'ollama' ? before.embedding.baseUrl : null) ?? ollamaUrl;
  return { embedding: { provider, model: model.trim(), ...(url !== undefined && { baseUrl: url }) }, ...chunk };
}
