import type { Collection } from '../collection.ts';
import type { AskModel } from '../embed/ask-model.ts';
import { profileOf } from '../embed/profiles.ts';
import { Problem } from '../problem.ts';
import { fuse } from './fuse.ts';
import { ndcg, recall, reciprocalRank } from './measures.ts';
import { candidates, type Candidates } from './query.ts';

export interface Question {
  query: string;
  /** Names of the documents that answer it. */
  files: readonly string[];
}

export interface Evaluation {
  questions: number;
  /** The weight that is used now, and the one that found best; of equal ones the nearest to now. */
  current: number;
  best: number;
  weights: { weight: number; ndcg10: number; recall10: number; mrr10: number }[];
}

const TOP = 10;
const WEIGHTS = Array.from({ length: 11 }, (_, tenth) => tenth / 10);

/** How well each weight of the vectors finds the documents that the owner names for their own questions. */
export async function evaluate(
  open: () => Collection,
  { questions, ask, signal }: { questions: readonly Question[]; ask: AskModel; signal: AbortSignal },
): Promise<Evaluation> {
  const known = new Set(
    open()
      .files.list()
      .map(({ name }) => name),
  );
  const stranger = questions.flatMap(({ files }) => files).find((name) => !known.has(name));
  if (stranger !== undefined)
    throw new Problem('file.not_found', `There is no document called ${stranger}`, {
      fix: 'Name the documents as the list of files does.',
    });
  const asked: { found: Candidates; right: Set<string> }[] = [];
  for (const { query, files } of questions) {
    const found = await candidates(open, { words: query, mode: 'hybrid', ask, signal });
    if (found.degradedBecause !== undefined)
      throw new Problem('embedding.unavailable', `The vectors cannot be judged: ${found.degradedBecause.message}`, {
        fix: 'Configure a model and wait until its vectors are there.',
      });
    asked.push({ found, right: new Set(files) });
  }
  const { chunks, settings, vectors } = open();
  const nameOf = (id: number): string => chunks.get([id])[0]?.fileName ?? '';
  const weights = WEIGHTS.map((weight) => {
    const each = asked.map(({ found, right }) => {
      const ranked = [...new Set(fuse({ ...found, weight }).map(({ id }) => nameOf(id)))].slice(0, TOP);
      return { ndcg10: ndcg(ranked, right), recall10: recall(ranked, right), mrr10: reciprocalRank(ranked, right) };
    });
    return {
      weight,
      ndcg10: mean(each.map((one) => one.ndcg10)),
      recall10: mean(each.map((one) => one.recall10)),
      mrr10: mean(each.map((one) => one.mrr10)),
    };
  });
  const current = settings().weight ?? profileOf(vectors.active()?.source.model ?? '').weight;
  const best = weights.toSorted((a, b) => b.ndcg10 - a.ndcg10 || Math.abs(a.weight - current) - Math.abs(b.weight - current))[0];
  return { questions: questions.length, current, best: best?.weight ?? current, weights };
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : Math.round((values.reduce((sum, value) => sum + value, 0) / values.length) * 10_000) / 10_000;
