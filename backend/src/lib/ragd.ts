import type * as z from 'zod/mini';
import type { Host } from './host.ts';

/** Of its interface; a service that speaks another one is not used. */
export const RAGD_PROTOCOL = 1;

/** The document search of a server, asked over its own loopback. Throws `rag.*`, or the link's `ssh.*`. */
export interface Ragd {
  /** Which version answers. Throws `rag.down`, `rag.incompatible`. */
  version: () => Promise<string>;
  /** One call; what the schema does not name is dropped. */
  ask: <Schema extends z.ZodMiniType>(call: RagdCall & { answers: Schema }) => Promise<z.output<Schema>>;
  /** An answer of bytes, as it comes. The caller must read or return it. */
  download: (path: string) => Promise<AsyncIterable<Buffer>>;
}

export interface RagdCall {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as bytes, in the place of a body. Where it throws, nothing is kept there, and its failure is the call's. */
  content?: AsyncIterable<Buffer>;
  /** 20 s unless told; of silence, where bytes are sent. */
  withinMs?: number;
}

export type OpenRagd = (host: Host, options: { port: number; token: string; signal: AbortSignal }) => Ragd;

/** What is put on a server: the built service for every processor. */
export interface RagdBundle {
  version: string;
  /** Hex, of its manifest, which names every file with its hash. */
  sha256: string;
  /** The files for one processor, as a .tar.gz. Throws `rag.unsupported`. */
  pack: (machine: 'x64' | 'arm64') => Promise<Buffer>;
  /** A text file of it. */
  text: (path: string) => Promise<string>;
  /** The files of the plugin, by name. */
  plugin: () => Promise<Record<string, string>>;
}
