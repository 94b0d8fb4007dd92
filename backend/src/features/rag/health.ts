import type { RagHealth } from '@clawmoor/shared/rag.ts';
import type { Host } from '../../lib/host.ts';
import { Problem } from '../../lib/problem.ts';
import type { RagAccess } from './access.ts';
import { readFacts, type RagFacts } from './facts.ts';
import { StatusWire } from './wire.ts';

export interface HealthQuestion {
  host: Host;
  serverId: string;
  signal: AbortSignal;
  trial: boolean;
  access: RagAccess;
  offered: string | undefined;
}

const EMPTY = { agents: 0, files: 0, chunks: 0, vectors: 0, memoryBytes: 0, diskBytes: 0, limits: null, startedAt: null };

/** What lies on the server, and what the service says of itself. */
export async function readHealth({ host, serverId, signal, trial, access, offered }: HealthQuestion): Promise<RagHealth> {
  const facts = await readFacts(host, { trial, signal });
  const head = headOf(facts, offered);
  if (!head.installed) return { ...head, ...EMPTY, running: false, problem: null, diskFreeBytes: facts.diskFreeBytes };
  try {
    const ragd = await access.open(host, serverId, signal);
    await ragd.version();
    const {
      version,
      startedAt,
      rssBytes: memoryBytes,
      ...numbers
    } = await ragd.ask({ method: 'GET', path: '/status', answers: StatusWire });
    return { ...head, ...numbers, version, startedAt, memoryBytes, running: true, problem: null };
  } catch (error) {
    if (!(error instanceof Problem) || !error.code.startsWith('rag.')) throw error;
    const { code, message, fix } = error;
    return {
      ...head,
      ...EMPTY,
      running: false,
      problem: { code, message, ...(fix !== undefined && { fix }) },
      diskFreeBytes: facts.diskFreeBytes,
    };
  }
}

function headOf({ kind, version }: RagFacts, offered: string | undefined) {
  const installed = kind !== undefined && version !== '';
  return {
    installed,
    version: installed ? version : null,
    offered: offered ?? null,
    updateAvailable: installed && offered !== undefined && offered !== version,
    kind: installed ? kind : null,
  };
}
