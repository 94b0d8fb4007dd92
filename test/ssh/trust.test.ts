import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import ssh2, { type AuthContext } from 'ssh2';
import { connectTo } from '../../backend/src/adapters/ssh/client.ts';
import { describeHostKey } from '../../backend/src/adapters/ssh/host-key.ts';
import { generateKeyPair } from '../../backend/src/adapters/ssh/keys.ts';
import { createProber } from '../../backend/src/adapters/ssh/probe.ts';
import { addressAllowed, createDialer, plainAddress } from '../../backend/src/lib/egress.ts';
import type { SshTarget } from '../../backend/src/lib/host.ts';
import { sh } from '../../backend/src/lib/sh.ts';
import { describeIf } from '../support/needs.ts';
import { SSHD, startSshd, type TestSshd } from '../support/sshd.ts';
import { dial, poolTo } from './world.ts';

const pinOf = (publicLine: string) => describeHostKey(Buffer.from(publicLine.split(' ')[1] ?? '', 'base64'));

/** An SSH server in this process that notes every credential it is offered. */
async function startNotingServer({ algorithms, accept = false }: { algorithms?: ssh2.Algorithms; accept?: boolean } = {}) {
  const host = generateKeyPair();
  const offered: string[] = [];
  const server = new ssh2.Server({ hostKeys: [host.privateKey], ...(algorithms && { algorithms }) }, (client) => {
    client.on('error', () => {});
    client.on('authentication', (context: AuthContext) => {
      offered.push(context.method === 'password' ? `password ${context.password}` : context.method);
      if (context.method === 'keyboard-interactive' && accept) {
        return context.prompt([{ prompt: 'Password: ', echo: false }], (answers) => {
          offered.push(`answered ${answers.join()}`);
          if (answers[0] === 'right') context.accept();
          else context.reject(['keyboard-interactive']);
        });
      }
      context.reject(['keyboard-interactive']);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const target: SshTarget = {
    host: '127.0.0.1',
    port,
    username: 'root',
    auth: { password: 'canary-credential' },
    pin: pinOf(host.publicKey),
  };
  return { target, offered, [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}

describeIf(SSHD !== undefined, 'there is no sshd')('Trust in a host key', () => {
  let sshd: TestSshd;
  const wrongPin = pinOf(generateKeyPair().publicKey);
  beforeAll(async () => {
    sshd = await startSshd({ hostKeyTypes: ['ed25519', 'ecdsa'] });
  });
  afterAll(() => sshd[Symbol.asyncDispose]());

  it('is refused to every use of a server that shows another key: command, sftp, forward, run, test (S21 S23)', async () => {
    await using pool = poolTo({ ...sshd.target, pin: wrongPin });
    const uses = [
      pool.with('x', (host) => host.run(sh`true`)),
      pool.with('x', (host) => host.upload(Buffer.from('x'), 'x')),
      pool.with('x', (host) => host.forward(22)),
      pool.with('x', (host) => host.runs.start('x', { script: 'true' })),
      pool.hold('x'),
    ];
    for (const outcome of await Promise.allSettled(uses))
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'ssh.host_key_changed' } });
    const { stages } = await createProber({ dial }).probe({ ...sshd.target, pin: wrongPin });
    expect(stages.at(-1)).toMatchObject({ stage: 'host_key', ok: false, code: 'ssh.host_key_changed' });
    expect(sshd.log()).not.toContain('Accepted');
  });

  it('is refused to a jump host as well, and to the server behind it (S21)', async () => {
    const jump = { ...sshd.target, pin: wrongPin };
    await expect(connectTo({ ...sshd.target, jump }, { dial })).rejects.toMatchObject({ code: 'ssh.host_key_changed' });
    await expect(connectTo({ ...sshd.target, pin: wrongPin, jump: sshd.target }, { dial })).rejects.toMatchObject({
      code: 'ssh.host_key_changed',
    });
    await using pool = poolTo({ ...sshd.target, jump: sshd.target });
    expect((await pool.with('x', (host) => host.run(sh`echo through`))).stdout).toBe('through\n');
  });

  it('is bound to the kind of key that was pinned: another kind is not taken in its place (S24)', async () => {
    await using moved = await startSshd({ hostKeyTypes: ['ecdsa'] });
    await expect(connectTo({ ...moved.target, pin: sshd.target.pin }, { dial })).rejects.toMatchObject({ code: 'ssh.host_key_changed' });
    const { stages, hostKey } = await createProber({ dial }).probe({ ...moved.target, pin: sshd.target.pin });
    expect(stages.at(-1)).toMatchObject({ stage: 'host_key', ok: false, code: 'ssh.host_key_changed' });
    expect(hostKey?.type).toBe('ecdsa-sha2-nistp256');
  });

  it('comes before every credential: without a pin, or with a wrong one, none is sent (S22)', async () => {
    await using server = await startNotingServer();
    await expect(connectTo({ ...server.target, pin: undefined }, { dial })).rejects.toMatchObject({ code: 'ssh.host_key_unconfirmed' });
    await expect(connectTo({ ...server.target, pin: wrongPin }, { dial })).rejects.toMatchObject({ code: 'ssh.host_key_changed' });
    const probed = await createProber({ dial }).probe({ ...server.target, pin: undefined });
    expect(probed.hostKey).toEqual(server.target.pin);
    expect(server.offered).toEqual([]);
    await expect(connectTo(server.target, { dial })).rejects.toMatchObject({ code: 'ssh.auth_failed' });
    expect(server.offered).toContain('password canary-credential');
  });
});

describe('A login', () => {
  it('answers keyboard-interactive questions with the password', async () => {
    await using server = await startNotingServer({ accept: true });
    const link = await connectTo({ ...server.target, auth: { password: 'right' } }, { dial });
    link.close();
    expect(server.offered.at(-1)).toBe('answered right');
  });
  it('is refused where the server offers only outdated algorithms (S30)', async () => {
    await using server = await startNotingServer({ algorithms: { kex: ['diffie-hellman-group14-sha1'] } });
    await expect(connectTo(server.target, { dial })).rejects.toMatchObject({ code: 'ssh.algorithms' });
    await using legacyMac = await startNotingServer({ algorithms: { cipher: ['aes128-cbc'] } });
    await expect(connectTo(legacyMac.target, { dial })).rejects.toMatchObject({ code: 'ssh.algorithms' });
  });
  it('to a frozen server fails in time, and the process stays up (R3 R9)', async () => {
    const silent = createServer((socket) => socket.on('error', () => {}));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const target: SshTarget = {
      host: '127.0.0.1',
      port,
      username: 'root',
      auth: { password: 'x' },
      pin: pinOf(generateKeyPair().publicKey),
    };
    const stop = AbortSignal.timeout(1_500);
    await expect(connectTo(target, { dial, signal: stop })).rejects.toMatchObject({ name: 'TimeoutError' });
    silent.close();
  });
  it('survives 60 servers that hang up in the handshake (R9)', async () => {
    const rude = createServer((socket) => {
      socket.on('error', () => {});
      socket.write('SSH-2.0-rude\r\n');
      setTimeout(() => socket.destroy(), Math.random() * 30);
    });
    await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve));
    const { port } = rude.address() as AddressInfo;
    const target: SshTarget = {
      host: '127.0.0.1',
      port,
      username: 'root',
      auth: { password: 'x' },
      pin: pinOf(generateKeyPair().publicKey),
    };
    const outcomes = await Promise.allSettled(Array.from({ length: 60 }, () => connectTo(target, { dial })));
    rude.close();
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
  });
});

describe('The egress rule (S28)', () => {
  const policy = { privateHosts: ['10.1.0.0/16'], ownPorts: () => [8080] };
  it.each([
    ['93.184.215.14', true],
    ['2606:2800:21f::1', true],
    ['10.1.2.3', true],
    ['10.2.2.3', false],
    ['192.168.1.1', false],
    ['172.20.0.1', false],
    ['100.64.0.1', false],
    ['127.0.0.1', false],
    ['127.9.9.9', false],
    ['::1', false],
    ['::ffff:127.0.0.1', false],
    ['::ffff:7f00:1', false],
    ['64:ff9b::7f00:1', false],
    ['64:ff9b::a9fe:a9fe', false],
    ['169.254.169.254', false],
    ['::ffff:169.254.169.254', false],
    ['fd00:ec2::254', false],
    ['fe80::1', false],
    ['0.0.0.0', false],
    ['::', false],
    ['224.0.0.1', false],
    ['ff02::1', false],
    ['255.255.255.255', false],
    ['fc00::1', false],
    ['2002:7f00:1::', false],
    ['::127.0.0.1', false],
    ['::ffff:10.1.2.3', true],
  ])('%s: %s', (address, allowed) => {
    expect(addressAllowed(address, 22, policy), plainAddress(address)).toBe(allowed);
  });
  it('allows metadata and our own ports to nobody, whatever the operator says', () => {
    const all = { privateHosts: 'all' as const, ownPorts: () => [8080] };
    expect(addressAllowed('169.254.169.254', 80, all)).toBe(false);
    expect(addressAllowed('127.0.0.1', 8080, all)).toBe(false);
    expect(addressAllowed('127.0.0.1', 22, all)).toBe(true);
  });
  it('connects to the address that was checked: a second answer of the resolver is never asked for', async () => {
    let asked = 0;
    const rebinding = createDialer({
      privateHosts: 'none',
      ownPorts: () => [],
      resolve: async () => (++asked === 1 ? ['192.0.2.1'] : ['127.0.0.1']),
    });
    await expect(rebinding({ host: 'rebind.example', port: 22 })).rejects.toMatchObject({ code: 'server.host_not_allowed' });
    expect(asked).toBe(1);
  });
});
