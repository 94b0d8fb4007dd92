import type { ProblemCode } from '@clawmoor/shared/problem.ts';
import { gatewayProblems } from './ru/problems-gateway.ts';
import { ollamaProblems } from './ru/problems-ollama.ts';
import { ragProblems } from './ru/problems-rag.ts';
import { openclawProblems } from './ru/problems-openclaw.ts';
import { peopleProblems } from './ru/problems-people.ts';
import { serverProblems } from './ru/problems-servers.ts';
import type { Sentence } from './problems.ts';

/** Every code of `shared/src/problem.ts` in Russian; a test says which are missing. */
export const problems: Partial<Record<ProblemCode, Sentence>> = {
  ...serverProblems,
  ...peopleProblems,
  ...ollamaProblems,
  ...ragProblems,
  ...openclawProblems,
  ...gatewayProblems,
};
