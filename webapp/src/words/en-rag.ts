import { ollama } from './en/ollama.ts';
import { rag } from './en/rag.ts';
import { ragCollection } from './en/rag-collection.ts';

/** Of what comes later, the parts about documents and local models: `ru-rag.ts`. Read by types and tests only. */
export const documents = { ollama, rag, ragCollection };

export type DocumentWords = typeof documents;
