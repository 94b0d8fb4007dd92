import type * as z from 'zod/mini';

export type Role = 'viewer' | 'admin' | 'owner';

/**
 * Who may call. `server:admin`: an admin of the server `:id`; `task:viewer`: a viewer of the server that the task `:id`
 * belongs to, `incident:viewer` likewise; `query:viewer`: a viewer of `?serverId=` where it is given (else the handler answers only what the caller
 * may see). Who may not even see the object gets 404, a role too low 403.
 */
export type Access = 'public' | 'user' | 'super' | `${'server' | 'task' | 'incident' | 'query'}:${Role}`;

/** Named rate limits; their numbers are in `backend/src/http/rate-limit.ts`. */
export type Limit = 'sign-in' | 'server-test' | 'submit' | 'read' | 'download' | 'poll' | 'query';

/** One HTTP operation. Server, client, validation, role check and OpenAPI are all derived from this value. */
export interface Route {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Below `/api`. */
  path: `/${string}`;
  summary: string;
  access: Access;
  query?: z.ZodMiniType;
  body?: z.ZodMiniType;
  /** JSON answers parse with `returns`; a live feed sends a series of `emits` as server-sent events. */
  returns?: z.ZodMiniType;
  emits?: Record<string, z.ZodMiniType>;
  /** `page`: HTML that holds nothing of anybody. `file`: besides the Authorization header it takes `?ticket=`, a one-use secret of `POST /tickets`. */
  sends?: 'file' | 'page';
  /**
   * What the gateway of the server `:id` answers as it stands, by this method of its protocol: no handler. Query, body and the other
   * parts of the path are its parameters. `control` asks with the gateway's admin scope instead of the caller's role.
   */
  forwards?: string | { method: string; as: 'control' };
  /**
   * What a personal token needs. Left out: `read` for what only looks, `write` for what changes something, `admin` under
   * `super`. `session`: no token is enough, a person must be signed in.
   */
  scope?: 'read' | 'admin' | 'session';
  /** A session must prove anew that its person is there: `X-Step-Up` with a one-use code of `POST /auth/step-up`. */
  stepUp?: true;
  status?: 200 | 201 | 202 | 204;
  /** The largest body, in bytes, where 256 KB are not enough. */
  bodyBytes?: number;
  limit?: Limit;
  /** Files, as `multipart/form-data` in the field `files`, in the place of a body: how many at most, and of which size each. */
  takes?: { most: number; eachBytes: number };
  /** The action's name in the audit log: `server.create`. Every route that changes something has one. */
  audit?: string;
  /** A GET that answers POST as well (clients of the reference use either). */
  alsoPost?: true;
  /** Takes an `Idempotency-Key`: the same key of the same person answers with the first task. */
  idempotent?: true;
}

/** Keeps the literal types (path, method, schemas) that the derivations below read. */
export const route = <const R extends Route>(definition: R): R => definition;

type ParamNames<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParamNames<`/${Rest}`>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

export type Params<R extends Route> = { [Name in ParamNames<R['path']>]: string };

/** What a handler receives: already parsed. */
export type Parsed<R extends Route> = Params<R> &
  (R['query'] extends z.ZodMiniType ? z.output<R['query']> : unknown) &
  (R['body'] extends z.ZodMiniType ? { body: z.output<R['body']> } : unknown);

/** What a caller passes: not yet parsed, so defaults may be left out. */
export type Sent<R extends Route> = Params<R> &
  (R['query'] extends z.ZodMiniType ? z.input<R['query']> : unknown) &
  (R['body'] extends z.ZodMiniType ? { body: z.input<R['body']> } : unknown) &
  (R['takes'] extends object ? { files: readonly SentFile[] } : unknown);

/** A file on its way in: the browser's `File`, or a `Blob` with a name. */
export interface SentFile {
  name: string;
  content: Blob;
}

/** One server-sent event of a feed. `id` is what `Last-Event-ID` takes. */
export type Emitted<R extends Route> =
  R['emits'] extends Record<string, z.ZodMiniType>
    ? { [E in keyof R['emits'] & string]: { event: E; id?: number; data: z.output<R['emits'][E]> } }[keyof R['emits'] & string]
    : never;

/** A file on its way out. `size` in bytes, where it is known before the first byte leaves. */
export interface FileAnswer {
  filename: string;
  type: string;
  size?: number | undefined;
  stream: AsyncIterable<Uint8Array>;
}

export type Reply<R extends Route> =
  R['emits'] extends Record<string, z.ZodMiniType>
    ? AsyncIterable<Emitted<R>>
    : R['sends'] extends 'file' | 'page'
      ? Promise<FileAnswer>
      : R['returns'] extends z.ZodMiniType
        ? Promise<z.output<R['returns']>>
        : Promise<void>;
