import { AsyncLocalStorage } from 'node:async_hooks';

const scope = new AsyncLocalStorage<string>();

/** Runs something on behalf of a request: every log line written meanwhile, however deep, carries its id. */
export const onBehalfOf = <T>(requestId: string | undefined, run: () => T): T =>
  requestId === undefined ? scope.exit(run) : scope.run(requestId, run);

export const currentRequestId = (): string | undefined => scope.getStore();
