import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOf, openCollection, type Collection } from './collection.ts';
import { limits } from './limits.ts';
import { Problem } from './problem.ts';

/** The agents of this service. A collection that is got here may be closed again by the next one: get it anew after every wait. */
export interface Agents {
  list: () => string[];
  has: (id: string) => boolean;
  get: (id: string) => Collection;
  create: (id: string) => Collection;
  remove: (id: string) => { files: number; chunks: number; vectors: number; bytes: number };
  bytes: (id: string) => number;
  tokenFile: (id: string) => string;
  folder: (id: string) => string;
  close: () => void;
}

const ID = /^[a-z0-9][a-z0-9_-]{0,63}$/;
/** Each open database holds up to 8 MiB of cache. */
const OPEN_AT_MOST = 6;

export function createAgents(dataFolder: string): Agents {
  const root = join(dataFolder, 'agents');
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const open = new Map<string, Collection>(); // in the order of their last use
  const folder = (id: string): string => {
    if (!ID.test(id)) throw new Problem('agent.id_invalid', 'An agent id has lower-case letters, digits, - and _, 64 at most');
    return join(root, id);
  };
  const has = (id: string): boolean => existsSync(join(folder(id), 'index.sqlite'));
  const hold = (id: string): Collection => {
    const collection = open.get(id) ?? openCollection({ id, folder: folder(id) });
    open.delete(id);
    open.set(id, collection);
    for (const [oldest, { close }] of open) {
      if (open.size <= OPEN_AT_MOST) break;
      open.delete(oldest);
      close();
    }
    return collection;
  };
  const list = (): string[] => readdirSync(root).filter((id) => ID.test(id) && has(id));
  return {
    list,
    has,
    folder,
    get(id) {
      if (!has(id)) throw new Problem('agent.not_found', `There are no documents for the agent ${id}`, { fix: 'Configure it first.' });
      return hold(id);
    },
    create(id) {
      if (!has(id) && list().length >= limits.agents)
        throw new Problem('agent.limit_reached', `There are ${limits.agents} agents here already`, {
          fix: 'Delete one that is not used any more.',
        });
      mkdirSync(folder(id), { recursive: true, mode: 0o700 });
      return hold(id);
    },
    remove(id) {
      const { files, chunks, vectors } = this.get(id);
      const removed = { files: files.totals().files, chunks: chunks.total(), vectors: vectors.count(), bytes: bytesOf(folder(id)) };
      open.get(id)?.close();
      open.delete(id);
      rmSync(folder(id), { recursive: true, force: true });
      return removed;
    },
    bytes: (id) => bytesOf(folder(id)),
    tokenFile: (id) => join(folder(id), 'token.sha256'),
    close() {
      for (const collection of open.values()) collection.close();
      open.clear();
    },
  };
}
