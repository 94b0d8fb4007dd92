import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { api } from '@clawmoor/shared/api.ts';
import type { Route } from '@clawmoor/shared/route.ts';
import { startWorld, SUPER_ADMIN, type Person, type TestWorld } from '../support/world.ts';

const routes: [string, Route][] = Object.entries(api);
const withBody = routes.filter(([, { body }]) => body !== undefined);

interface Schema {
  properties?: Record<string, Schema>;
  additionalProperties?: unknown;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
}

/** Every place in a schema, with its path. */
function* places(schema: Schema, at = ''): Generator<[string, Schema]> {
  yield [at, schema];
  for (const [name, inner] of Object.entries(schema.properties ?? {})) yield* places(inner, `${at}.${name}`);
  for (const inner of [schema.items, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) if (inner) yield* places(inner, at);
}
const describeSchema = (schema: z.ZodMiniType, io: 'input' | 'output'): Schema =>
  z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Schema;

describe('What is taken (S20)', () => {
  let test: TestWorld;
  let owner: Person;
  let serverId: string;
  beforeAll(async () => {
    test = await startWorld({ env: { SUPER_ADMIN_IDS: `${SUPER_ADMIN},1` } });
    owner = await test.person(1);
    const place = { name: 'ship', host: '127.0.0.1', port: 9, username: 'root', authMethod: 'generated' };
    serverId = (await owner.post('/servers', place)).body.id;
  });
  afterAll(() => test[Symbol.asyncDispose]());

  it.each(routes)('%s knows every key it takes', (_name, { body, query }) => {
    const open = [body, query].flatMap((schema) =>
      schema
        ? [...places(describeSchema(schema, 'input'))]
            .filter(([, place]) => place.properties && place.additionalProperties !== false)
            .map(([at]) => at || '(top)')
        : [],
    );
    expect(open).toEqual([]);
  });

  it.each(withBody)('%s refuses what is no body of its own, with 400 and the one envelope', async (_name, route) => {
    const path = route.path.replace(':id', /^\/(tasks|incidents)/.test(route.path) ? 'none' : serverId).replace(/:\w+/g, 'none');
    const headers = { 'content-type': 'application/json', 'x-step-up': await test.stepUp(owner) };
    for (const raw of [
      '{"unknownKey":1}',
      '{"__proto__":{"role":"owner"}}',
      '{"constructor":{"prototype":{"role":"owner"}}}',
      '[]',
      '"text"',
      '7',
      'null',
      '[{"role":"owner"}]',
    ]) {
      const { status, body, text } = await test.request(route.method.toUpperCase(), path, { token: owner.token, raw, headers });
      const hidden = body?.code === (route.path.startsWith('/tasks') ? 'task.not_found' : 'incident.not_found');
      if (!hidden) expect([status, body?.code, body?.requestId !== undefined], `${raw}: ${text}`).toEqual([400, 'request.invalid', true]);
    }
  });

  it('a megabyte for a string is refused before it is read', async () => {
    const { status } = await owner.post('/me/tokens', { name: 'x'.repeat(1_000_000), scope: 'read' });
    expect(status).toBe(413);
    expect((await owner.post('/me/tokens', { name: 'x'.repeat(65), scope: 'read' })).status).toBe(400);
    expect(({} as { role?: string }).role).toBeUndefined();
  });
});

describe('What is answered (S19)', () => {
  // Secrets that are given out once, to the person they are for, by the operation that makes them.
  const GIVEN_ONCE = new Set([
    'signInWithTelegram.token',
    'signInToTrial.token',
    'refreshSession.token',
    'stepUp.code',
    'createToken.token',
    'pollDeviceLogin.token',
    'startDeviceLogin.deviceCode',
    'createInvitation.code',
    'addWebhook.secret',
    'changeWebhook.secret',
    'addInstallationWebhook.secret',
    'changeInstallationWebhook.secret',
  ]);

  it.each(routes.filter(([, { returns }]) => returns))('%s has no field for a secret', (name, { returns }) => {
    const fields = returns ? [...places(describeSchema(returns, 'output'))].map(([at]) => `${name}${at}`) : [];
    const secret = fields.filter((field) =>
      /(^|\.)(password|passphrase|privateKey|sudoPassword|apiKey|secret|token|jwt|envelope|code|deviceCode|codeHash|initData)$/.test(field),
    );
    // `code` of a stage, of an error or of a gateway that is not ready is the code of a problem.
    expect(
      secret.filter(
        (field) =>
          !GIVEN_ONCE.has(field) &&
          !/(stages|error|steps|checks|items|problem|servers|verdicts|waiting|finding|degradedBecause)\b.*\.code$|^(testServer|verifyHealth|readGatewayStatus|diagnoseGateway\.status)\.code$/.test(
            field,
          ),
      ),
    ).toEqual([]);
  });
});
