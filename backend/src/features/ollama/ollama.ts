import type { OllamaStatus } from '@clawmoor/shared/ollama.ts';
import { iso } from '../../lib/clock.ts';
import type { HostPool } from '../../lib/host.ts';
import { OLLAMA_PORT, TRIAL_OLLAMA_PORT, withTag, type Ollama, type OllamaReleases, type OpenOllama } from '../../lib/ollama.ts';
import { Problem } from '../../lib/problem.ts';
import type { Tasks } from '../../tasks/tasks.ts';
import { readFacts, type OllamaFacts } from './facts.ts';
import { judgeKnown, roomOf } from './fit.ts';
import { cloudModel, notInstalled } from './ollama.problems.ts';
import { INSTALL, PULL } from './plans.ts';
import { isNewer, machineOf, OLLAMA_CHECKSUMS, OLLAMA_VERSION } from './release.ts';
import { isAdopted } from './steps/preflight.step.ts';
import { demandFit } from './steps/pull.step.ts';

export interface OllamaParts {
  hosts: HostPool;
  tasks: Tasks;
  openOllama: OpenOllama;
  releases: OllamaReleases;
  /** Where the archives are. */
  base: string;
  kindOf: (serverId: string) => Promise<'ssh' | 'trial'>;
  trialPort?: number | undefined;
}

interface Place {
  port: number;
  trial?: boolean;
}

export interface Submission {
  by: string;
  idempotencyKey: string | undefined;
  signal: AbortSignal;
}

export type OllamaFeature = ReturnType<typeof createOllama>;

/** Ollama on the managed servers: what is there, and the tasks that change it. */
export function createOllama({ hosts, tasks, openOllama, releases, base, kindOf, trialPort = TRIAL_OLLAMA_PORT }: OllamaParts) {
  const placeOf = async (serverId: string): Promise<Place> =>
    (await kindOf(serverId)) === 'trial' ? { port: trialPort, trial: true } : { port: OLLAMA_PORT };

  return {
    async status(serverId: string, signal: AbortSignal): Promise<OllamaStatus> {
      const place = await placeOf(serverId);
      return hosts.with(
        serverId,
        async (host) => {
          const facts = await readFacts(host, { ...place, signal });
          return statusOf(facts, await heard(openOllama(host, { ...place, signal }), facts), place);
        },
        { signal },
      );
    },
    /** Throws `ollama.version_not_found` for a version that is not there; without one the version of this release is brought. */
    async install(serverId: string, version: string | undefined, { by, idempotencyKey, signal }: Submission): Promise<string> {
      const place = await placeOf(serverId);
      const pinned = version === undefined || version === OLLAMA_VERSION;
      const input = {
        version: version ?? OLLAMA_VERSION,
        exact: version !== undefined,
        base,
        sha256: pinned ? OLLAMA_CHECKSUMS : await releases.checksums(version, signal),
        ...place,
      };
      return tasks.start({ serverId, type: INSTALL, input, by, idempotencyKey });
    },
    /** Throws `ollama.cloud_model`, `ollama.not_installed`, `ollama.down`, `ollama.does_not_fit`. */
    async pull(serverId: string, model: string, { by, idempotencyKey, signal }: Submission): Promise<string> {
      if (/(^|-)cloud$/i.test(withTag(model).split(':').at(-1) ?? '')) throw cloudModel(model);
      const place = await placeOf(serverId);
      await hosts.with(
        serverId,
        async (host) => {
          const facts = await readFacts(host, { ...place, signal });
          if (facts.kind === undefined && !isAdopted(facts)) throw notInstalled();
          const ollama = openOllama(host, { ...place, signal });
          const [models, loaded] = [await ollama.models(), await ollama.loaded()];
          if (models.some(({ name }) => withTag(name) === withTag(model))) return;
          demandFit(model, roomOf(facts, sumOf(loaded)));
        },
        { signal },
      );
      return tasks.start({ serverId, type: PULL, input: { model, ...place }, by, idempotencyKey });
    },
    async removeModel(serverId: string, name: string, signal: AbortSignal): Promise<void> {
      const place = await placeOf(serverId);
      await hosts.with(serverId, (host) => openOllama(host, { ...place, signal }).remove(name), { signal });
    },
  };
}

type Heard = { version: string; models: Awaited<ReturnType<Ollama['models']>>; loaded: Awaited<ReturnType<Ollama['loaded']>> } | undefined;

/** What it says of itself; `undefined` where nothing answers as Ollama does. */
async function heard(ollama: Ollama, { port }: OllamaFacts): Promise<Heard> {
  if (port === 'free') return undefined;
  try {
    const [version, models, loaded] = await Promise.all([ollama.version(), ollama.models(), ollama.loaded()]);
    return { version, models, loaded };
  } catch (error) {
    if (error instanceof Problem && (error.code === 'ollama.down' || error.code === 'ollama.bad_answer')) return undefined;
    throw error;
  }
}

const sumOf = (loaded: readonly { bytes: number }[]): number => loaded.reduce((sum, { bytes }) => sum + bytes, 0);

function statusOf(facts: OllamaFacts, running: Heard, { port }: Place): OllamaStatus {
  const room = roomOf(facts, sumOf(running?.loaded ?? []));
  const adopted = isAdopted(facts);
  const known = judgeKnown(room, new Set(running?.models.map(({ name }) => withTag(name))));
  const machine = machineOf(facts.arch);
  return {
    installed: facts.kind !== undefined || adopted,
    running: running !== undefined,
    version: running?.version ?? (facts.installedVersion || null),
    origin: adopted ? 'other' : facts.kind === undefined ? null : 'clawmoor',
    offered: OLLAMA_VERSION,
    updateAvailable: !adopted && facts.installedVersion !== '' && isNewer(OLLAMA_VERSION, facts.installedVersion),
    baseUrl: `http://127.0.0.1:${port}`,
    exposed: facts.port === 'exposed',
    unsupported:
      facts.kernel === 'Linux' && facts.libc === 'glibc' && machine !== undefined
        ? null
        : `${facts.kernel} ${facts.arch} ${facts.libc}`.trim(),
    memory: { freeBytes: room.memoryBytes, totalBytes: facts.memTotalBytes },
    disk: { freeBytes: room.diskBytes },
    models: (running?.models ?? []).map(({ name, size, digest, embedding, parameters, quantization, changedAt }) => {
      const inMemory = running?.loaded.find((one) => withTag(one.name) === withTag(name));
      return {
        name,
        sizeBytes: size,
        digest,
        embedding,
        parameters,
        quantization,
        changedAt: changedAt === null ? null : iso(changedAt),
        loaded: inMemory ? { bytes: inMemory.bytes, until: inMemory.until === null ? null : iso(inMemory.until) } : null,
      };
    }),
    known,
    recommended: known.find(({ fit }) => fit === 'yes')?.name ?? null,
  };
}
