import type { RagPassage } from '@clawmoor/shared/rag-documents.ts';
import { ragCollection as text } from '../../words/en/rag-collection.ts';
import { fill } from '../../words/words.ts';

/** Where in a document: "Mooring › Fees · page 3–4". */
export function placeOf({ unit, from, to, heading, part }: RagPassage['position']): string {
  const at = from === to ? String(from) : `${from}–${to}`;
  return [part, heading, fill(text.places[unit], { at })].filter(Boolean).join(' · ');
}
