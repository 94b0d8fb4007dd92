import { ApiError } from '@clawmoor/shared/client.ts';
import { problemStatus } from '@clawmoor/shared/problem.ts';

/** What the process ends with; docs/guides/command-line.md explains each. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notSignedIn: 3,
  notAllowed: 4,
  notFound: 5,
  conflict: 6,
  unreachable: 7,
  server: 8,
  interrupted: 130,
} as const;
export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** A failure of the command line itself, or one that it understood. */
export class CliError extends Error {
  readonly exit: Exit;
  readonly code: string;
  readonly fix: string | undefined;

  constructor(exit: Exit, code: string, { message, fix, cause }: { message: string; fix?: string | undefined; cause?: unknown }) {
    super(message, { cause });
    this.name = 'CliError';
    this.exit = exit;
    this.code = code;
    this.fix = fix;
  }
}

/** The answer was given already; only the exit code is left to say. */
export class Ended extends Error {
  readonly exit: Exit;
  constructor(exit: Exit) {
    super(`ended with ${exit}`);
    this.exit = exit;
  }
}

export const usage = (message: string, fix?: string): CliError => new CliError(EXIT.usage, 'cli.usage', { message, fix });

const BY_STATUS: Record<number, Exit> = {
  0: EXIT.unreachable,
  400: EXIT.usage,
  401: EXIT.notSignedIn,
  403: EXIT.notAllowed,
  404: EXIT.notFound,
  409: EXIT.conflict,
  410: EXIT.notFound,
  413: EXIT.usage,
  415: EXIT.usage,
  422: EXIT.usage,
  429: EXIT.conflict,
  502: EXIT.server,
  503: EXIT.server,
  504: EXIT.server,
};

/** A 502 of a proxy has no code of ours: then it is Clawmoor that was not reached. */
const isOurs = (code: string): boolean => Object.hasOwn(problemStatus, code);

export function exitOf({ status, code }: Pick<ApiError, 'status' | 'code'>): Exit {
  if (status >= 502 && status <= 504 && (!isOurs(code) || code.startsWith('internal.'))) return EXIT.unreachable;
  return BY_STATUS[status] ?? EXIT.failed;
}

/** For a failure that is told inside a good answer, such as a stage of a test. */
export const exitOfCode = (code: string | undefined): Exit =>
  code !== undefined && isOurs(code) ? exitOf({ status: problemStatus[code as keyof typeof problemStatus], code }) : EXIT.failed;

/** Every failure as one that can be shown, with its exit code. */
export function understood(error: unknown, address: string | undefined): { exit: Exit; body: ShownProblem } {
  if (error instanceof CliError) return { exit: error.exit, body: bodyOf(error, error.code) };
  if (error instanceof ApiError) return { exit: exitOf(error), body: ofApi(error, address ?? 'Clawmoor') };
  // By its name: the class would bring all of zod's languages into the bundle.
  if (error instanceof Error && error.name === '$ZodError') {
    const message = 'Clawmoor answered something that this version of the command line does not understand';
    return {
      exit: EXIT.failed,
      body: { error: message, code: 'cli.answer_unknown', fix: 'Use the command line of the same version: clawmoor --version' },
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { exit: EXIT.failed, body: { error: message, code: 'cli.unexpected', fix: 'If it stays, report it with what you did.' } };
}

export interface ShownProblem {
  error: string;
  code: string;
  fix?: string;
  requestId?: string;
  issues?: readonly { path: string; message: string }[];
  taskId?: string;
}

const bodyOf = ({ message, fix }: { message: string; fix: string | undefined }, code: string): ShownProblem => ({
  error: message,
  code,
  ...(fix !== undefined && { fix }),
});

function ofApi(error: ApiError, address: string): ShownProblem {
  if (error.status === 0) {
    const fix = 'Check the address and the network; `clawmoor profiles` shows the address.';
    return { error: `${address} cannot be reached: ${reasonOf(error.cause)}`, code: 'cli.unreachable', fix };
  }
  const login = `Sign in again: clawmoor login ${address}`;
  const fix = error.status === 401 ? login : error.taskId !== undefined ? `Follow it: clawmoor tasks --follow ${error.taskId}` : error.fix;
  return {
    ...bodyOf({ message: error.message, fix }, error.code),
    ...(error.requestId !== undefined && { requestId: error.requestId }),
    ...(error.issues.length > 0 && { issues: error.issues }),
    ...(error.taskId !== undefined && { taskId: error.taskId }),
  };
}

/** fetch says only "fetch failed"; the reason is its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no connection';
  if (error.name === 'TimeoutError') return 'no answer in time';
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  if (code === 'ECONNREFUSED') return 'nothing listens there';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'the name is not known';
  return cause instanceof Error && cause.message !== '' ? cause.message : (code ?? error.message);
}
