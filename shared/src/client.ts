import type { Reply, Route, Sent, SentFile } from './route.ts';

/** What the API refused and why, or `status` 0: it could not be reached, `cause` says how. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly fix: string | undefined;
  readonly requestId: string | undefined;
  readonly issues: readonly { path: string; message: string }[];
  readonly taskId: string | undefined;

  constructor(status: number, body: Partial<Omit<ApiError, 'status'>> & { error?: string }, options?: ErrorOptions) {
    super(body.error ?? (status === 0 ? 'No connection to Clawmoor' : `The server answered ${status}`), options);
    this.name = 'ApiError';
    this.status = status;
    this.code = body.code ?? (status === 0 ? 'network' : 'unknown');
    this.fix = body.fix ?? (status === 0 ? 'Check the network of this device; the app tries again by itself.' : undefined);
    this.requestId = body.requestId;
    this.issues = body.issues ?? [];
    this.taskId = body.taskId;
  }
}

type JsonReply<R extends Route> = R['emits'] extends object ? never : R['sends'] extends 'file' ? never : Reply<R>;

export interface Transport {
  /** `undefined` when nobody is signed in. */
  token: () => Promise<string | undefined>;
  /** Called on a 401; answers a fresh token, or `undefined` when the session is over. */
  renew: () => Promise<string | undefined>;
  /** Where the API is; a browser needs none. */
  origin?: string;
  /** What every request carries besides. */
  init?: RequestInit;
  /** Hears of every request whether Clawmoor was reached. */
  onReached?: (reached: boolean) => void;
}

export interface CallOptions {
  signal?: AbortSignal | undefined;
  headers?: Record<string, string>;
  /** 90 s unless told; `null`: `signal` alone is the limit. */
  timeoutMs?: number | null;
}

export type Client = ReturnType<typeof createClient>;

/** The typed client of the whole API, for a browser or a process. */
export function createClient({ token, renew, origin = '', init = {}, onReached = () => {} }: Transport) {
  async function request(path: string, more: RequestInit, { signal, timeoutMs = TIMEOUT_MS }: CallOptions): Promise<Response> {
    const limits = [signal, timeoutMs === null ? undefined : AbortSignal.timeout(timeoutMs)].filter((each) => each !== undefined);
    try {
      const headers = { ...plain(init.headers), ...plain(more.headers) };
      const response = await fetch(`${origin}${path}`, { ...init, ...more, headers, signal: AbortSignal.any(limits) });
      onReached(true);
      return response;
    } catch (cause) {
      if (signal?.aborted) throw cause;
      onReached(false);
      throw new ApiError(0, {}, { cause });
    }
  }

  /** The answer as it came, a good one. Throws ApiError for every other. */
  async function send(route: Route, input: Record<string, unknown>, options: CallOptions = {}): Promise<Response> {
    const { body } = input;
    const form = formOf(route, input);
    const ask = (bearer: string | undefined): Promise<Response> => {
      const headers = {
        ...options.headers,
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      };
      const more = {
        method: route.method.toUpperCase(),
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(form && { body: form }),
      };
      return request(addressOf(route, input), more, options);
    };
    let response = await ask(route.access === 'public' ? undefined : await token());
    if (response.status === 401 && route.access !== 'public') {
      const fresh = await renew();
      if (fresh !== undefined) response = await ask(fresh);
    }
    if (!response.ok) throw new ApiError(response.status, await response.json().catch(() => ({})));
    return response;
  }

  return {
    send,
    /** `call(api.listServers, {})`: path, query and body from the route's own entry; the answer parsed by it. */
    async call<R extends Route>(route: R, input: Sent<R>, options: CallOptions = {}): Promise<Awaited<JsonReply<R>>> {
      const response = await send(route, input, options);
      // The route's own schema says what it is; `Reply` says it to the compiler.
      return (route.returns ? route.returns.parse(await response.json()) : undefined) as Awaited<JsonReply<R>>;
    },
  };
}

/** The browser itself says which content type it is, with its boundary. */
function formOf(route: Route, { files }: Record<string, unknown>): FormData | undefined {
  if (!route.takes) return undefined;
  const form = new FormData();
  // `Sent` says so of a route that takes files.
  for (const { name, content } of files as SentFile[]) form.append('files', content, name);
  return form;
}

/** Ours are plain objects; the type allows more. */
const plain = (headers: RequestInit['headers']): Record<string, string> => ({ ...(headers as Record<string, string> | undefined) });

export function addressOf(route: Route, input: Record<string, unknown>): string {
  const { body: _body, files: _files, ...rest } = input;
  const path = route.path.replace(/:(\w+)/g, (_all, name: string) => {
    const value = encodeURIComponent(String(rest[name]));
    delete rest[name];
    return value;
  });
  const query = new URLSearchParams(
    Object.entries(rest).flatMap(([key, value]) => (value === undefined || value === null ? [] : [[key, String(value)]])),
  );
  return `/api${path}${query.size > 0 ? `?${query}` : ''}`;
}

const TIMEOUT_MS = 90_000;
