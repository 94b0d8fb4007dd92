import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { route } from '@clawmoor/shared/route.ts';
import { createTickets } from '../../backend/src/features/tickets/tickets.ts';
import { createAccess } from '../../backend/src/http/access.ts';
import { answerErrors } from '../../backend/src/http/errors.ts';
import { mount } from '../../backend/src/http/mount.ts';
import { createLimits } from '../../backend/src/http/rate-limit.ts';
import { requestId } from '../../backend/src/http/request-id.ts';
import { startWorld, type Person, type TestWorld } from '../support/world.ts';

const CONTENT = 'the whole file, жизнь\n';
const table = {
  readFile: route({ method: 'get', path: '/servers/:id/file/:name', summary: 'A file', access: 'server:admin', sends: 'file' }),
  readTorn: route({ method: 'get', path: '/torn', summary: 'Breaks half-way', access: 'user', sends: 'file' }),
};

/** The real mounting, access rule, sessions and tickets, over a table with two files of the test's own. */
async function startFiles(test: TestWorld) {
  const { world } = test;
  const tickets = createTickets({ db: world.db, clock: world.clock, table, callerOf: world.auth.callerOf });
  const router = express.Router();
  mount(
    router,
    table,
    {
      readFile: async ({ name }) => ({
        filename: name,
        type: 'text/plain',
        size: Buffer.byteLength(CONTENT),
        stream: (async function* () {
          yield Buffer.from(CONTENT);
        })(),
      }),
      readTorn: async () => ({
        filename: 'torn',
        type: 'text/plain',
        stream: (async function* () {
          yield Buffer.from('half');
          throw new Error('the disk is gone');
        })(),
      }),
    },
    {
      readToken: world.readToken,
      redeemStepUp: world.stepUp.redeem,
      rights: world.rights,
      feeds: { open: 0 },
      readTicket: tickets.redeem,
      askGateway: world.gateways.request,
      checkAccess: createAccess({
        roleOf: world.members.roleOf,
        serverOfTask: world.tasks.serverOf,
        serverOfIncident: world.watching.incidents.serverOf,
      }),
      limits: createLimits(),
      record: world.audit.record,
      stopping: world.stopping.signal,
    },
  );
  const app = express().use(requestId).use('/api', router);
  app.use(answerErrors(world.log, () => undefined));
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { tickets, url, close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))) };
}

describe('A download (S37)', () => {
  let test: TestWorld;
  let files: Awaited<ReturnType<typeof startFiles>>;
  let owner: Person;
  let outsider: Person;
  let path: string;

  beforeAll(async () => {
    test = await startWorld();
    files = await startFiles(test);
    [owner, outsider] = await Promise.all([test.person(1), test.person(2)]);
    const { body } = await owner.post('/servers', { name: 'a', host: '127.0.0.1', username: 'root', authMethod: 'generated' });
    path = `/servers/${body.id}/file/report%20%22%D0%BE%22.txt`;
  });
  afterAll(async () => {
    await files.close();
    await test[Symbol.asyncDispose]();
  });

  const linkFor = async (person: Person, wanted = path): Promise<string> =>
    files.url + (await files.tickets.create(await test.world.auth.readToken(person.token), wanted)).url;
  const codeOf = async (address: string): Promise<string> => ((await (await fetch(address)).json()) as { code: string }).code;

  it('goes by the Authorization header, whole, named, and never kept', async () => {
    const response = await fetch(`${files.url}/api${path}`, { headers: { authorization: `Bearer ${owner.token}` } });
    expect(await response.text()).toBe(CONTENT);
    expect(response.headers.get('content-disposition')).toBe(
      `attachment; filename="report____.txt"; filename*=UTF-8''report%20%22%D0%BE%22.txt`,
    );
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('goes by a link, once, and a look at its head does not use it up', async () => {
    const link = await linkFor(owner);
    const head = await fetch(link, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(Buffer.byteLength(CONTENT))]);
    const response = await fetch(link);
    expect(await response.text()).toBe(CONTENT);
    expect(response.headers.get('access-control-allow-origin')).toBe('https://web.telegram.org');
    expect(await codeOf(link)).toBe('ticket.invalid');
  });

  it('goes to one of many who use the same link at once', async () => {
    const link = await linkFor(owner);
    const answers = await Promise.all(Array.from({ length: 20 }, async () => (await fetch(link)).status));
    expect(answers.toSorted().slice(0, 2)).toEqual([200, 401]);
  });

  it('is refused for another path, after a minute, and with a secret that was never given', async () => {
    const other = (await linkFor(owner)).replace('/file/', '/file/x');
    expect(await codeOf(other)).toBe('ticket.invalid');
    expect(await codeOf(`${files.url}/api${path}?ticket=${'A'.repeat(32)}`)).toBe('ticket.invalid');
    const link = await linkFor(owner);
    await test.world.db.updateTable('ticket').set({ expires_at: Date.now() }).execute();
    expect(await codeOf(link)).toBe('ticket.invalid');
  });

  it('is decided by the rights of the moment, not of the link', async () => {
    expect(await codeOf(await linkFor(outsider))).toBe('server.not_found');
    const viewer = await test.person(3);
    await test.grant(path.split('/')[2] ?? '', viewer.id, 'viewer');
    expect(await codeOf(await linkFor(viewer))).toBe('auth.role_too_low');
    const leaving = await test.person(1);
    const link = await linkFor(leaving);
    await leaving.post('/auth/sign-out');
    expect(await codeOf(link)).toBe('auth.session_ended');
  });

  it('is promised for files only, and the link is no token', async () => {
    const { status, body } = await owner.post('/tickets', { path: '/servers' });
    expect([status, body.code]).toEqual([400, 'ticket.no_file']);
    const secret = (await linkFor(owner)).split('ticket=')[1];
    expect((await test.request('GET', `/me?ticket=${secret}`)).body.code).toBe('auth.required');
  });

  it('that breaks half-way is cut, so that nobody takes the part for the whole', async () => {
    const ended = await new Promise<string>((resolve) => {
      const sent = httpRequest(`${files.url}/api/torn`, { headers: { authorization: `Bearer ${owner.token}` } }, (response) => {
        response.resume();
        response.on('error', () => resolve('cut')).on('end', () => resolve('whole'));
      });
      sent.on('error', () => resolve('cut')).end();
    });
    expect(ended).toBe('cut');
  });
});
