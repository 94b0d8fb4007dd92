import type { Reply, Route, Sent } from '@clawmoor/shared/route.ts';

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly fix: string | undefined;
  readonly requestId: string | undefined;
  readonly issues: readonly { path: string; message: string }[];
  readonly taskId: string | undefined;

  constructor(status: number, body: Partial<Omit<ApiError, 'status'>> & { error?: string }) {
    super(body.error ?? (status === 0 ? 'No connection to Clawmoor' : `The server answered ${status}`));
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
}

/** `call(api.listServers, {})`: path, query and body from the route's own entry; the answer parsed by it. */
export function createCall({ token, renew }: Transport) {
  return async function call<R extends Route>(
    route: R,
    input: Sent<R>,
    options: { signal?: AbortSignal; headers?: Record<string, string> } = {},
  ): Promise<Awaited<JsonReply<R>>> {
    const bearer = route.access === 'public' ? undefined : await token();
    let response = await send(route, input, bearer, options);
    if (response.status === 401 && route.access !== 'public') {
      const fresh = await renew();
      if (fresh !== undefined) response = await send(route, input, fresh, options);
    }
    if (!response.ok) throw new ApiError(response.status, await response.json().catch(() => ({})));
    // The route's own schema says what it is; `Reply` says it to the compiler.
    return (route.returns ? route.returns.parse(await response.json()) : undefined) as Awaited<JsonReply<R>>;
  };
}

export function addressOf(route: Route, input: Record<string, unknown>): string {
  const { body: _body, ...rest } = input;
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

async function send(
  route: Route,
  input: Record<string, unknown>,
  bearer: string | undefined,
  { signal, headers }: { signal?: AbortSignal; headers?: Record<string, string> },
): Promise<Response> {
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  const { body } = input;
  try {
    return await fetch(addressOf(route, input), {
      method: route.method.toUpperCase(),
      headers: {
        ...headers,
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, {});
  }
}
