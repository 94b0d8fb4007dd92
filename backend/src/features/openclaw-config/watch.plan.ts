import * as z from 'zod/mini';
import { setTimeout as delay } from 'node:timers/promises';
import type { Gateways } from '../../lib/gateway.ts';
import { findService, restartService, serviceLog, type ServiceKind } from '../../lib/gateway-service.ts';
import type { Host } from '../../lib/host.ts';
import { redactLine } from '../../lib/redact.ts';
import type { Database } from '../../lib/tables.ts';
import type { Plan, StepContext } from '../../tasks/plan.ts';
import { configChangesStore, type ConfigChangesStore } from './config-changes.store.ts';
import { isUnchanged, putBack, removal } from './config-copy.ts';
import { configRestored, copyMissing, restoreFailed } from './openclaw-config.problems.ts';

const BACK_WITHIN_MS = 60_000;
// The gateway lets runs that are under way come to their end before it restarts.
const RESTARTS_WITHIN_MS = 6 * 60_000;
const LOOK_EVERY_MS = 1_000;

const Input = z.object({ changeId: z.string(), bootId: z.nullable(z.string()) });
type Input = z.output<typeof Input>;
type Context = StepContext<Input, object>;

export const WATCH = 'openclaw.watch-config';

export interface WatchParts {
  db: Database;
  gateways: Gateways;
  /** `/readyz` and a call are both answered. */
  isHealthy: (context: { host: Host; serverId: string; signal: AbortSignal }) => Promise<boolean>;
  /** Shorter in tests. */
  backWithinMs?: number | undefined;
}

/** Watches a gateway restart with a changed configuration, and puts the old one back when it does not come back. */
export function watchPlan({ db, gateways, isHealthy, backWithinMs = BACK_WITHIN_MS }: WatchParts): Plan<Input, object> {
  const store = configChangesStore(db);
  const watch = { store, gateways, isHealthy, backWithinMs };
  return {
    type: WATCH,
    lane: () => 'config',
    input: Input,
    secrets: z.object({}),
    steps: () => [
      {
        key: 'watch',
        title: 'Watch the gateway come back',
        deadlineMs: 15 * 60_000,
        done: async ({ input }) => isSettled(store, input.changeId),
        apply: (context) => settle(watch, context),
      },
    ],
  };
}

interface Watch extends Omit<WatchParts, 'db'> {
  backWithinMs: number;
  store: ConfigChangesStore;
}

async function isSettled(store: ConfigChangesStore, changeId: string): Promise<boolean> {
  const row = await store.get(changeId);
  if (row?.state === 'restored') throw configRestored('');
  if (row?.state === 'restore_failed') throw restoreFailed('');
  return row === undefined || row.state === 'applied' || row.state === 'undone';
}

async function settle(watch: Watch, context: Context): Promise<void> {
  const { store, gateways } = watch;
  const { host, input, serverId, log } = context;
  const row = await store.get(input.changeId);
  if (row?.state === 'pending' && (await isUnchanged(host, input.changeId))) {
    log('The change never reached the gateway.');
    await host.run(removal(input.changeId));
    return store.remove(input.changeId);
  }
  log('The gateway restarts with the new configuration …');
  const end = await untilBack(watch, context, input.bootId);
  if (end !== 'down') {
    log(end === 'back' ? 'The gateway answers again.' : 'The gateway has not restarted yet; the change takes effect when it does.');
    await store.update(input.changeId, { state: 'applied' });
    await host.run(removal(input.changeId));
    return;
  }
  const kind = (await host.run(findService)).stdout.trim();
  const why = await lastWords(context, kind);
  log(`It did not come back within ${watch.backWithinMs / 1000} s${why}. Putting the last configuration back …`);
  if (!(await putBack(host, input.changeId))) return fail(watch, input.changeId, copyMissing());
  if (kind !== 'none') await host.run(restartService(kind as ServiceKind), { root: kind === 'system' });
  else log('Nothing keeps the gateway running on this server: start it by hand.');
  gateways.drop(serverId);
  const again = await untilBack({ ...watch, backWithinMs: Math.max(watch.backWithinMs, BACK_WITHIN_MS) }, context, null);
  if (again === 'down') return fail(watch, input.changeId, restoreFailed(why));
  await host.run(removal(input.changeId));
  await store.update(input.changeId, { state: 'restored' });
  log('The gateway answers again, with the last configuration.');
  throw configRestored(why);
}

async function fail({ store }: Watch, changeId: string, problem: Error): Promise<never> {
  await store.update(changeId, { state: 'restore_failed' });
  throw problem;
}

/** `back`: another boot is healthy. `unchanged`: the old one still is, after all the time it may take for its runs. */
async function untilBack(
  watch: Watch,
  { host, serverId, signal }: Context,
  oldBoot: string | null,
): Promise<'back' | 'unchanged' | 'down'> {
  const startedAt = performance.now();
  let goneAt: number | undefined;
  for (;;) {
    const boot = await watch.gateways.bootOf(serverId, { signal });
    if (boot !== undefined && boot === oldBoot) goneAt = undefined;
    else if (boot !== undefined && (await watch.isHealthy({ host, serverId, signal }))) return 'back';
    else goneAt ??= performance.now();
    if (goneAt === undefined && performance.now() - startedAt > RESTARTS_WITHIN_MS) return 'unchanged';
    if (goneAt !== undefined && performance.now() - goneAt > watch.backWithinMs) return 'down';
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}

async function lastWords({ host }: Context, kind: string): Promise<string> {
  if (kind === 'none') return '';
  const { stdout } = await host.run(serviceLog(kind as ServiceKind, 20), { root: kind === 'system' });
  const said = stdout.split('\n').findLast((line) => /error|fail|invalid|refus|EADDR|blocked/i.test(line));
  return said ? `; it said: ${redactLine(said).slice(0, 300)}` : '';
}
