/** Every failure that a client may see: its stable code and its HTTP status. */
export const problemStatus = {
  'request.invalid': 400,
  'request.too_large': 413,
  'request.host_not_allowed': 403,
  'route.not_found': 404,
  'internal.unexpected': 500,
  'internal.stopping': 503,
  'token.required': 401,
  'token.wrong': 401,
  'token.admin_only': 403,
  'agent.not_found': 404,
  'agent.id_invalid': 400,
  'agent.limit_reached': 409,
  'agent.broken': 500,
  'file.not_found': 404,
  'job.not_found': 404,
  'archive.broken': 400,
  'archive.not_empty': 409,
  'disk.full': 507,

  // Why a file could not be read; they stand on the file, not on a request
  'file.empty': 422,
  'file.encrypted': 422,
  'file.no_text': 422,
  'file.broken': 422,
  'file.unsupported': 422,
  'file.old_office': 422,
  'file.zip_bomb': 422,
  'file.too_many_pages': 422,
  'file.too_much_text': 422,
  'file.too_complex': 422,
  'file.too_slow': 422,
  'job.cancelled': 409,

  // Why an embedding could not be made
  'embedding.unavailable': 503,
  'embedding.refused': 502,
  'embedding.too_long': 502,
  'embedding.model_missing': 502,
  'embedding.bad_answer': 502,
} as const;
export type ProblemCode = keyof typeof problemStatus;

/** A failure that the caller may see. Everything else that is thrown is a bug, and answers 500. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly fix: string | undefined;

  constructor(code: ProblemCode, message: string, { fix, cause }: { fix?: string; cause?: unknown } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'Problem';
    this.code = code;
    this.fix = fix;
  }

  get status(): number {
    return problemStatus[this.code];
  }
}

export const isProblemCode = (code: unknown): code is ProblemCode => typeof code === 'string' && code in problemStatus;
