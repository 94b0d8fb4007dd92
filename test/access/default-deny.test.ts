import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api } from '@clawmoor/shared/api.ts';
import type { Route } from '@clawmoor/shared/route.ts';
import { createApp } from '../../backend/src/app.ts';
import { mount } from '../../backend/src/http/mount.ts';
import { startWorld, type TestWorld } from '../support/world.ts';

// Express keeps its layers in `stack`; its types do not say so.
interface Layer {
  name: string;
  route?: { path: string; stack: { method?: string }[] };
  handle: { stack?: Layer[] };
}

const routes: Route[] = Object.values(api);
const operation = (method: string, path: string): string => `${method.toUpperCase()} ${path}`;
const inTable = routes.flatMap(({ method, path, alsoPost }) => [operation(method, path), ...(alsoPost ? [operation('post', path)] : [])]);

describe('Nothing is served that the table does not name (S11)', () => {
  let test: TestWorld;
  let stack: Layer[];
  beforeAll(async () => {
    test = await startWorld();
    stack = (createApp(test.world).router as unknown as { stack: Layer[] }).stack;
  });
  afterAll(() => test[Symbol.asyncDispose]());

  it('the express stack holds the operations of the table and a 405 for each of their paths, nothing else', () => {
    const served: string[] = [];
    const fallbacks: string[] = [];
    const walk = (layers: Layer[]): void => {
      for (const { route, handle } of layers) {
        if (handle.stack) walk(handle.stack);
        if (!route) continue;
        const methods = new Set(route.stack.map(({ method }) => method));
        for (const method of methods) (method === undefined ? fallbacks : served).push(operation(method ?? '', route.path));
      }
    };
    walk(stack);
    // The web app itself, the command line's file; the metrics and Telegram's deliveries, each behind a secret of its own.
    const pages = ['GET /*path', 'GET /', 'GET /clawmoor.mjs', 'GET /metrics', 'POST /bot/webhook'];
    expect(served.filter((one) => !pages.includes(one)).toSorted()).toEqual(inTable.toSorted());
    expect(new Set(fallbacks.map((one) => one.trim()))).toEqual(new Set(routes.map(({ path }) => path)));
  });

  it('middleware that stands before the operations answers nothing by itself', () => {
    const before = stack
      .slice(
        0,
        stack.findIndex(({ handle }) => handle.stack),
      )
      .map(({ name }) => name);
    expect(before).toEqual(['requestId', 'setSecurityHeaders']);
  });

  it.each([undefined, '', 'everybody', 'server:', 'server:root', 'viewer'])('a route whose access is %s ends the start', (access) => {
    // As from plain JavaScript: the compiler refuses it already.
    const table = { open: { method: 'get', path: '/open', summary: '', access } } as unknown as Record<string, Route>;
    const unused = undefined as never;
    expect(() => mount(express.Router(), table, { open: async () => {} } as never, unused)).toThrow('open does not say who may call it');
  });
});
