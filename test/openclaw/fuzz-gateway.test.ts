import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, it } from 'vitest';
import * as z from 'zod/mini';
import { api } from '@clawmoor/shared/api.ts';
import type { Route } from '@clawmoor/shared/route.ts';
import { HOSTILE, spoilt, valuesOf, type Schema } from '../support/arbitrary.ts';
import { startFakeGateway, type FakeGateway, type Reply } from '../support/fake-gateway.ts';
import { describeIf } from '../support/needs.ts';
import { addServer } from '../support/openclaw-world.ts';
import { SSHD, startSshd, type TestSshd } from '../support/sshd.ts';
import { startWorld, type Person, type TestWorld } from '../support/world.ts';

// Only what looks: the sshd is real, and nothing that changes a server may run on this machine by chance.
const looks = Object.entries(api).filter(
  ([, { method, path, returns, access }]: [string, Route]) =>
    method === 'get' && returns !== undefined && access.startsWith('server:') && path.includes('/openclaw/'),
);
const LONG = process.env['CLAWMOOR_LONG'] === '1';
const FIXED_SEED = 20_260_501;
const FREE_SEED = Number(process.env['CLAWMOOR_FUZZ_SEED'] ?? Date.now() % 2 ** 31);
const RUNS = LONG ? 100 : 6;

describeIf(SSHD !== undefined, 'it needs sshd')('Whatever a gateway answers (S33 S19)', () => {
  let test: TestWorld;
  let sshd: TestSshd;
  let fake: FakeGateway;
  let owner: Person;
  let serverId: string;
  let reply: Reply = { ok: true, payload: {} };
  let cases = 0;

  beforeAll(async () => {
    [test, sshd] = await Promise.all([startWorld(), startSshd()]);
    fake = await startFakeGateway({ onFrame: () => reply });
    await mkdir(join(sshd.home, '.openclaw'), { recursive: true });
    await writeFile(join(sshd.home, '.openclaw/openclaw.json'), JSON.stringify({ gateway: { port: fake.port } }));
    owner = await test.person(1);
    serverId = await addServer(owner, sshd);
  });
  afterAll(async () => {
    process.stdout.write(`Fuzz of a gateway: ${looks.length} operations, ${cases} answers, seeds ${FIXED_SEED} and ${FREE_SEED}\n`);
    await test[Symbol.asyncDispose]();
    await fake[Symbol.asyncDispose]();
    await sshd[Symbol.asyncDispose]();
  });

  const answersTo = ({ returns }: Route): fc.Arbitrary<Reply> => {
    const schema = returns ? (z.toJSONSchema(returns, { io: 'input', unrepresentable: 'any' }) as Schema) : {};
    const fitting = valuesOf(schema);
    const hostile = fc.constantFrom(...HOSTILE);
    const payload = fc.oneof(
      fitting,
      fc.tuple(fitting, fc.nat(), hostile).map(([value, at, bad]) => spoilt(value, at, bad)),
      fc.jsonValue({ maxDepth: 3 }),
      hostile,
    );
    const failure = fc.record({
      code: fc.constantFrom('INVALID_REQUEST', 'UNAVAILABLE', 'NOT_PAIRED', 7, null),
      message: hostile,
      details: hostile,
    });
    return fc.oneof(
      { arbitrary: payload.map((one) => ({ ok: true, payload: one })), weight: 5 },
      { arbitrary: failure.map((error) => ({ ok: false, error })), weight: 1 },
    );
  };

  it.each(looks)(
    '%s makes something of it that the route table promises, or says that it cannot',
    { timeout: 120_000 },
    async (name, route) => {
      const path = route.path.replace(':id', serverId).replace(/:\w+/g, 'main');
      const at = looks.findIndex(([one]) => one === name);
      for (const seed of [FIXED_SEED + at, FREE_SEED + at]) {
        await fc.assert(
          fc.asyncProperty(answersTo(route), async (one) => {
            reply = one;
            cases += 1;
            const { status, body } = await owner.get(path); // the tap holds it to the route table
            if (status >= 500 && body.fix === undefined) throw new Error(`${body.code} does not say what to do`);
          }),
          { seed, numRuns: RUNS, endOnFailure: true },
        );
      }
    },
  );
});
