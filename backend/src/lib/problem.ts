import { problemStatus, type ProblemCode } from '@clawmoor/shared/problem.ts';

interface Extras extends ErrorOptions {
  /** What the person can do about it, as one sentence. */
  fix?: string;
  issues?: { path: string; message: string }[];
  taskId?: string;
  /** What stands there now, where the caller knew an older state. */
  hash?: string | undefined;
  /** Seconds; becomes `Retry-After`. */
  retryAfter?: number;
}

/** A failure that the caller may see. Everything else that is thrown is a bug, and answers 500. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly fix: string | undefined;
  readonly issues: Extras['issues'];
  readonly taskId: string | undefined;
  readonly hash: string | undefined;
  readonly retryAfter: number | undefined;

  constructor(code: ProblemCode, message: string, extras: Extras = {}) {
    super(message, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.name = 'Problem';
    this.code = code;
    this.fix = extras.fix;
    this.issues = extras.issues;
    this.taskId = extras.taskId;
    this.hash = extras.hash;
    this.retryAfter = extras.retryAfter;
  }

  get status(): number {
    return problemStatus[this.code];
  }
}
