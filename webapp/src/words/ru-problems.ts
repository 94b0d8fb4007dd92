import type { HealthTrouble } from '@clawmoor/shared/admin.ts';
import type { ProblemCode } from '@clawmoor/shared/problem.ts';
import { gatewayProblems } from './ru/problems-gateway.ts';
import { healthTroubles } from './ru/problems-health.ts';
import { openclawProblems } from './ru/problems-openclaw.ts';
import { peopleProblems } from './ru/problems-people.ts';
import { prereqs } from './ru/problems-prereqs.ts';
import { serverProblems } from './ru/problems-servers.ts';
import type { PrereqCode } from '@clawmoor/shared/setup.ts';
import type { Sentence } from './problems.ts';

/** Every code of `shared/src/problem.ts` in Russian (a test says which are missing), and what the server says of itself and of a machine. */
export const problems: Partial<Record<ProblemCode, Sentence>> & Record<HealthTrouble | PrereqCode, Sentence> = {
  ...healthTroubles,
  ...prereqs,
  ...serverProblems,
  ...peopleProblems,
  ...openclawProblems,
  ...gatewayProblems,
};
