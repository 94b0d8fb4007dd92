import type { Route } from '@clawmoor/shared/route.ts';
import type { TokenScope } from '@clawmoor/shared/tokens.ts';
import type { Caller } from '../lib/caller.ts';
import { Problem } from '../lib/problem.ts';

const RANK = { read: 1, write: 2, admin: 3 } as const satisfies Record<TokenScope, number>;

/** What a personal token needs for a route; `session`: no token is enough. */
export function scopeOf({ scope, access, method, audit }: Route): TokenScope | 'session' {
  if (scope !== undefined) return scope;
  if (access === 'super') return 'admin';
  return method === 'get' || audit === undefined ? 'read' : 'write';
}

/** Holds a personal token to its scope; a signed-in person has none. Throws `auth.session_only` or `auth.scope_too_low`. */
export function checkScope(route: Route, { token }: Caller): void {
  if (!token) return;
  const needed = scopeOf(route);
  if (needed === 'session') {
    throw new Problem('auth.session_only', 'A personal token may not do this', { fix: 'Do it in the app, signed in.' });
  }
  if (RANK[token.scope] < RANK[needed]) {
    throw new Problem('auth.scope_too_low', `This needs a token with the scope ${needed}; yours has ${token.scope}`, {
      fix: `Make a token with the scope ${needed} in the app.`,
    });
  }
}
