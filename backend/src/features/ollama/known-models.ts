/** A model that document collections work well with. */
export interface KnownModelFacts {
  name: string;
  languages: 'english' | 'multilingual';
  dimensions: number;
  contextTokens: number;
  sizeBytes: number;
}

const MB = 1_000_000;

/** The better come first. Sizes are those of Ollama's library. */
export const KNOWN_MODELS: readonly KnownModelFacts[] = [
  { name: 'embeddinggemma', languages: 'multilingual', dimensions: 768, contextTokens: 2048, sizeBytes: 622 * MB },
  { name: 'nomic-embed-text', languages: 'english', dimensions: 768, contextTokens: 2048, sizeBytes: 274 * MB },
  { name: 'granite-embedding:278m', languages: 'multilingual', dimensions: 768, contextTokens: 512, sizeBytes: 563 * MB },
  { name: 'granite-embedding:30m', languages: 'english', dimensions: 384, contextTokens: 512, sizeBytes: 63 * MB },
  { name: 'all-minilm', languages: 'english', dimensions: 384, contextTokens: 256, sizeBytes: 46 * MB },
  { name: 'qwen3-embedding:0.6b', languages: 'multilingual', dimensions: 1024, contextTokens: 32_768, sizeBytes: 639 * MB },
  { name: 'bge-m3', languages: 'multilingual', dimensions: 1024, contextTokens: 8192, sizeBytes: 1200 * MB },
  { name: 'nomic-embed-text-v2-moe', languages: 'multilingual', dimensions: 768, contextTokens: 512, sizeBytes: 958 * MB },
  { name: 'mxbai-embed-large', languages: 'english', dimensions: 1024, contextTokens: 512, sizeBytes: 670 * MB },
];
