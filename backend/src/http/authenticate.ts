import type { Request } from 'express';
import type { Caller } from '../lib/caller.ts';
import { Problem } from '../lib/problem.ts';

declare module 'express-serve-static-core' {
  interface Request {
    caller: Caller | undefined;
  }
}

/** Answers who holds a JWT or a personal token. Throws `auth.token_invalid` or `auth.session_ended`. */
export type ReadToken = (token: string) => Promise<Caller>;

// A JWT, or a personal token. Nothing else that this installation gives out (a ticket, a code) opens the API.
const BEARER = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+|cmr_[\w-]+)$/;

/** Who makes the request, by its `Authorization: Bearer` header alone. Throws a 401 Problem where nobody does. */
export async function authenticate(request: Request, readToken: ReadToken): Promise<Caller> {
  const header = request.headers.authorization;
  if (header === undefined) throw new Problem('auth.required', 'Sign in first: this needs the header Authorization: Bearer <token>');
  const token = BEARER.exec(header)?.[1];
  if (token === undefined || header.length > 4096)
    throw new Problem('auth.token_invalid', 'The Authorization header holds no token of ours');
  return readToken(token);
}
