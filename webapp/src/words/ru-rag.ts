import type { DocumentWords } from './en-rag.ts';
import { ollama } from './ru/ollama.ts';
import { rag } from './ru/rag.ts';
import { ragCollection } from './ru/rag-collection.ts';

/** Russian for documents and local models, whole: a key that is missing does not compile. */
export const ruRag: DocumentWords = { ollama, rag, ragCollection };
