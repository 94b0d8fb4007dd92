import type { HealthTrouble } from '@clawmoor/shared/admin.ts';
import type { DiagnosisCode } from '@clawmoor/shared/openclaw-diagnosis.ts';
import type { PrereqCode, UpdateCode } from '@clawmoor/shared/setup.ts';
import type { Sentence } from './problems.ts';
import { diagnoses } from './ru/findings-diagnosis.ts';
import { documents } from './ru/findings-documents.ts';
import { healthTroubles } from './ru/findings-health.ts';
import { prereqs } from './ru/findings-prereqs.ts';
import { updates } from './ru/findings-update.ts';

/** What the server says of itself and of a machine, in Russian; a file of its own, so that each stays light. */
export const findings: Record<HealthTrouble | PrereqCode | UpdateCode | DiagnosisCode, Sentence> = {
  ...healthTroubles,
  ...prereqs,
  ...updates,
  ...documents,
  ...diagnoses,
};
