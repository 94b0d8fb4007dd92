import type { Parsed, Reply, Route } from '@clawmoor/shared/route.ts';
import type { RequestContext } from '../lib/caller.ts';

/**
 * One function per route of a table (but for those that the gateway answers, `forwards`): a missing or mistyped handler does not compile. A routes file exports
 * `xHandlers(parts): Handlers<typeof xRoutes>`; `app.ts` spreads them into one.
 */
export type Handlers<Table extends Record<string, Route>> = {
  [Name in keyof Table as Table[Name] extends { forwards: unknown } ? never : Name]: (
    input: Parsed<Table[Name]>,
    context: RequestContext,
  ) => Reply<Table[Name]>;
};
