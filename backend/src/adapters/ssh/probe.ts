import type { Socket } from 'node:net';
import { addAbortSignal, type Duplex } from 'node:stream';
import type { Dial } from '../../lib/egress.ts';
import type { Host, HostKey, Prober, SshTarget, Stage } from '../../lib/host.ts';
import { Problem } from '../../lib/problem.ts';
import { sh } from '../../lib/sh.ts';
import { logIn, readHostKey, throughJump } from './client.ts';
import { hostOn } from './host.ts';
import { hostKeyChanged, noBanner, notSsh, sftpFailed } from './ssh.problems.ts';

const BANNER_TIMEOUT_MS = 10_000;
const WHOLE_MS = 60_000;

class Stop extends Error {}

const tooSlow = (): Problem => new Problem('ssh.timeout', 'The server took too long to answer', { fix: 'Try again.' });

/** Reaches a server stage by stage and says where it fails. */
export function createProber({ dial }: { dial: Dial }): Prober {
  return {
    async probe(target, { signal } = {}) {
      const limit = AbortSignal.any([AbortSignal.timeout(WHOLE_MS), ...(signal ? [signal] : [])]);
      const stages: Stage[] = [];
      const found: { hostKey?: HostKey; jumpHostKey?: HostKey } = {};
      await walk({ target, dial, signal: limit, stages, found }).catch((error: unknown) => {
        if (!(error instanceof Stop)) throw error;
      });
      return { stages, ...found };
    },
  };
}

interface Walk {
  target: SshTarget;
  dial: Dial;
  signal: AbortSignal;
  stages: Stage[];
  found: { hostKey?: HostKey; jumpHostKey?: HostKey };
}

async function walk({ target, dial, signal, stages, found }: Walk): Promise<void> {
  const stage = stageRecorder(stages, signal);
  const closers: (() => void)[] = [];
  try {
    const connect = await throughWhatIsThere({ target, dial, signal, stage, found, closers });
    await stage('banner', async () => waitForBanner(await connect()));
    found.hostKey = await stage('host_key', async () =>
      readAndCheck({ connect, pin: target.pin, signal, note: (key) => (found.hostKey = key) }),
    );
    // Without a pin this is where it ends: no credential has been sent.
    if (!target.pin) throw new Stop();
    const client = await stage('auth', async () => logIn(target, await connect(), signal));
    closers.push(() => client.end());
    const { host } = hostOn({ client, close: () => client.end() }, target);
    await stage('session', () => host.run(sh`true`, { signal }));
    await stage('sudo', () => host.run(sh`true`, { signal, root: true }), { soft: true });
    await stage('sftp', () => readsNothing(host, signal), { soft: true });
  } finally {
    for (const close of closers.toReversed()) close();
  }
}

/** Reads an empty file; what a server sends instead is not taken: it may never end. */
async function readsNothing(host: Host, signal: AbortSignal): Promise<void> {
  const file = await host.download('/dev/null', { signal });
  try {
    for await (const _ of addAbortSignal(signal, file)) throw sftpFailed('read: an empty file is not empty there');
  } finally {
    file.destroy();
  }
}

type RunStage = <T>(name: Stage['stage'], work: () => Promise<T>, options?: { soft?: boolean }) => Promise<T>;

/** A stage that fails ends the walk; a soft one is only noted: a server without sudo can still be used. */
function stageRecorder(stages: Stage[], signal: AbortSignal): RunStage {
  return async (name, work, { soft = false } = {}) => {
    const startedAt = performance.now();
    const ms = (): number => Math.round(performance.now() - startedAt);
    try {
      const result = await work();
      stages.push({ stage: name, ok: true, ms: ms() });
      return result;
    } catch (error) {
      if (error instanceof Stop) throw error;
      const problem = signal.aborted && !(error instanceof Problem) ? tooSlow() : error;
      if (!(problem instanceof Problem)) throw problem;
      const { code, message, fix } = problem;
      stages.push({ stage: name, ok: false, ms: ms(), code, message, ...(fix !== undefined && { fix }) });
      if (!soft) throw new Stop();
      return undefined as never; // nobody reads what a soft stage answers
    }
  };
}

/** Answers how to open a fresh stream to the target's SSH port: directly, or through the jump host after a login there. */
async function throughWhatIsThere({
  target,
  dial,
  signal,
  stage,
  found,
  closers,
}: Omit<Walk, 'stages'> & { stage: RunStage; closers: (() => void)[] }) {
  const first = target.jump ?? target;
  const dialFirst = (): Promise<Socket> => dial({ host: first.host, port: first.port, signal });
  await stage('resolve', () => resolves(dial, first, signal));
  await stage('tcp', async () => void (await dialFirst()).destroy());
  if (!target.jump) return dialFirst;
  const { jump } = target;
  found.jumpHostKey = await stage('jump', async () =>
    readAndCheck({ connect: dialFirst, pin: jump.pin, signal, note: (key) => (found.jumpHostKey = key) }),
  );
  if (!jump.pin) throw new Stop();
  const client = await stage('jump', async () => logIn(jump, await dialFirst(), signal));
  closers.push(() => client.end());
  return () => throughJump(client, target);
}

async function resolves(dial: Dial, { host, port }: { host: string; port: number }, signal: AbortSignal): Promise<void> {
  let resolved = false;
  try {
    (await dial({ host, port, signal, onStage: () => (resolved = true) })).destroy();
  } catch (error) {
    if (!resolved) throw error; // what fails after the name was resolved belongs to the next stage
  }
}

interface KeyCheck {
  connect: () => Promise<Duplex>;
  pin: HostKey | undefined;
  signal: AbortSignal;
  note: (seen: HostKey) => void;
}

/** A server has several keys: the one of the pinned kind is asked for, and any only when it has none of that kind. */
async function readAndCheck({ connect, pin, signal, note }: KeyCheck): Promise<HostKey> {
  const ofPinnedType = await readHostKey(await connect(), { type: pin?.type, signal }).catch((error: unknown) => {
    if (pin && error instanceof Problem && error.code === 'ssh.algorithms') return undefined;
    throw error;
  });
  const seen = ofPinnedType ?? (await readHostKey(await connect(), { signal }));
  note(seen);
  if (pin && pin.key !== seen.key) throw hostKeyChanged();
  return seen;
}

function waitForBanner(socket: Duplex): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    const end = (error?: Problem): void => {
      clearTimeout(late);
      socket.removeAllListeners('data').destroy();
      if (error) reject(error);
      else resolve();
    };
    const late = setTimeout(() => end(text === '' ? noBanner() : notSsh()), BANNER_TIMEOUT_MS);
    socket.on('error', () => end(noBanner()));
    socket.on('close', () => end(text === '' ? noBanner() : notSsh()));
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      // A server may say other lines first; none of ours is longer than this.
      if (/^SSH-(2\.0|1\.99)-/m.test(text)) end();
      else if (text.length > 8192 || /^HTTP\/|^220[ -]|^\+OK/.test(text)) end(notSsh());
    });
  });
}
