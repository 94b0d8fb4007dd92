import type { Draft } from './blocks.ts';

const ORDER =
  /(ignore|disregard|forget) (all |any |the )?(previous|prior|above|earlier|preceding)[^.\n]{0,40}(instruction|prompt|rule|message)|you are now (an?|the) |new system prompt|reveal[^.\n]{0,20}(system prompt|api key|password|token)|<\|(im_start|im_end|system|endoftext)\|>|\[\/?INST\]|do not (tell|inform|mention)[^.\n]{0,20}(user|owner)/i;
const MOST = 5;
const EXCERPT_CHARS = 120;

/** Phrases that read like orders to an agent, for a person to look at. Passages are reference text whether or not one is found. */
export function findOrders(drafts: readonly Draft[]): string[] {
  const found: string[] = [];
  for (const { text } of drafts) {
    const hit = ORDER.exec(text);
    if (hit) found.push(text.slice(Math.max(0, hit.index - 20), hit.index + EXCERPT_CHARS - 20).replaceAll(/\s+/g, ' '));
    if (found.length === MOST) break;
  }
  return found;
}
