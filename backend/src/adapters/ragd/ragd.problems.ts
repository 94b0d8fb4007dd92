import * as z from 'zod/mini';
import type { ProblemCode } from '@clawmoor/shared/problem.ts';
import { Problem } from '../../lib/problem.ts';

export const down = (cause?: unknown): Problem =>
  new Problem('rag.down', 'The document search does not answer on this server', {
    fix: 'Install it again here: that starts it and says what is wrong.',
    cause,
  });
export const tooSlow = (): Problem =>
  new Problem('rag.too_slow', 'The document search did not answer in time', {
    fix: 'Try again; look at the load of the server if it stays so.',
  });
export const badAnswer = (cause?: unknown): Problem =>
  new Problem('rag.bad_answer', 'What answers on the port of the document search does not speak as it should', {
    fix: 'Install the document search again.',
    cause,
  });
export const incompatible = (version: string): Problem =>
  new Problem('rag.incompatible', `The document search ${version} on this server is not one that this Clawmoor understands`, {
    fix: 'Install it again here: that brings the version which belongs to this Clawmoor.',
  });

const Refusal = z.object({ error: z.string(), code: z.string(), fix: z.optional(z.string()) });

// Its own codes are for whoever speaks with it; a person knows ours.
const CODES: Record<string, ProblemCode> = {
  'agent.not_found': 'rag.no_collection',
  'agent.id_invalid': 'agent.not_found',
  'agent.broken': 'rag.agent_broken',
  'agent.limit_reached': 'rag.limit_reached',
  'archive.broken': 'rag.archive_broken',
  'archive.not_empty': 'rag.archive_not_empty',
  'disk.full': 'rag.disk_full',
  'embedding.unavailable': 'rag.embedding_unavailable',
  'embedding.refused': 'rag.embedding_refused',
  'embedding.bad_answer': 'rag.embedding_refused',
  'embedding.model_missing': 'rag.model_missing',
  'file.not_found': 'rag.file_not_found',
  'internal.stopping': 'rag.down',
  'job.not_found': 'rag.job_gone',
  'request.invalid': 'rag.refused',
  'request.too_large': 'rag.file_too_large',
  'token.wrong': 'rag.not_installed',
  'token.required': 'rag.not_installed',
};
const FIXES: Partial<Record<ProblemCode, string>> = {
  'rag.no_collection': 'Connect the agent first: choose how its documents are read.',
  'rag.not_installed': 'Install the document search again: another Clawmoor may have taken it over.',
  'agent.not_found': 'Load the list of agents again.',
};

/** What the service says, in our words where we have better ones. */
export function refused(status: number, body: unknown): Problem {
  const said = Refusal.safeParse(body);
  if (!said.success) return badAnswer();
  const { error, code, fix } = said.data;
  const ours = CODES[code] ?? (status < 500 ? 'rag.refused' : 'rag.bad_answer');
  const advice = FIXES[ours] ?? fix;
  return new Problem(ours, printable(error), advice === undefined ? {} : { fix: printable(advice) });
}

const printable = (text: string): string => text.replace(/\p{Cc}+/gu, ' ').slice(0, 500);
