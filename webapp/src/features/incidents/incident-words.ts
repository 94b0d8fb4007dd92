import type { Incident } from '@clawmoor/shared/incidents.ts';
import type { Tone } from '../../ui/parts.tsx';
import { incidents as text } from '../../words/en/incidents.ts';
import { fill } from '../../words/words.ts';

export const toneOf = ({ severity }: Pick<Incident, 'severity'>): Tone =>
  severity === 'critical' ? 'bad' : severity === 'warning' ? 'warn' : 'idle';

/** What is particular about it: "91 % of / is used"; nothing where its kind says it all. */
export function factsOf({ kind, facts }: Pick<Incident, 'kind' | 'facts'>): string | undefined {
  const sentence = (text.facts as Partial<Record<string, string>>)[kind];
  return sentence === undefined
    ? undefined
    : fill(sentence, Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, String(value)])));
}
