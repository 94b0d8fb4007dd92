import type { Host } from './host.ts';

export const OLLAMA_PORT = 11_434;
/** The local trial's own, so that an Ollama that is already on the machine is left alone. */
export const TRIAL_OLLAMA_PORT = 21_434;

export interface PulledModel {
  name: string;
  size: number;
  digest: string;
  embedding: boolean;
  parameters: string | null;
  quantization: string | null;
  changedAt: number | null;
}

/** The Ollama of a server, asked over its own loopback. Throws `ollama.down`, `ollama.bad_answer`, or the link's `ssh.*`. */
export interface Ollama {
  version: () => Promise<string>;
  models: () => Promise<PulledModel[]>;
  loaded: () => Promise<{ name: string; bytes: number; until: number | null }[]>;
  /** Throws `ollama.model_not_found`. */
  remove: (model: string) => Promise<void>;
  /** Vectors, one for each text. The first call loads the model, which takes a while. Throws `ollama.model_fails`. */
  embed: (model: string, texts: string[]) => Promise<number[][]>;
}

export type OpenOllama = (host: Host, options: { port: number; signal: AbortSignal }) => Ollama;

/** Where the releases are, for who needs to know what one should be. */
export interface OllamaReleases {
  /** Hex SHA-256 of both archives of a version. Throws `ollama.version_not_found`, `ollama.release_unavailable`. */
  checksums: (version: string, signal: AbortSignal) => Promise<ArchiveChecksums>;
}

export interface ArchiveChecksums {
  amd64: string;
  arm64: string;
}

/** `name` and `name:latest` are the same model. */
export const withTag = (name: string): string => (/:[^/]+$/.test(name) ? name : `${name}:latest`);
