import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOf, openCollection, type Collection } from './collection.ts';
import { limits } from './limits.ts';
import { Problem } from './problem.ts';

/** The agents of this service. A collection that is got here may be closed again by the next one: get it anew after every wait. */
export interface Agents {
  /** The folder of all their folders; what begins with a dot there is no agent. */
  root: string;
  list: () => string[];
  has: (id: string) => boolean;
  get: (id: string) => Collection;
  create: (id: string) => Collection;
  /** Throws when there may be no further agent. */
  checkRoom: () => void;
  /** Everything of the agent: rows, vectors, originals, token. What a broken database held is not counted. */
  remove: (id: string) => Removed;
  /** Puts a folder that was prepared elsewhere in the agent's place; the token that it had stays. */
  adopt: (id: string, prepared: string) => void;
  /** Removes half-made exports and imports that a kill left. */
  sweep: () => void;
  bytes: (id: string) => number;
  tokenFile: (id: string) => string;
  folder: (id: string) => string;
  close: () => void;
}

export interface Removed {
  files: number;
  chunks: number;
  vectors: number;
  blobs: number;
  bytes: number;
}

const ID = /^[a-z0-9][a-z0-9_-]{0,63}$/;
/** Each open database holds up to 8 MiB of cache. */
const OPEN_AT_MOST = 6;
const TOKEN = 'token.sha256';

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
  const checkRoom = (): void => {
    if (list().length < limits.agents) return;
    throw new Problem('agent.limit_reached', `There are ${limits.agents} agents here already`, {
      fix: 'Delete one that is not used any more.',
    });
  };
  const drop = (id: string): void => {
    open.get(id)?.close();
    open.delete(id);
  };
  const countAll = (id: string): Removed => {
    const [blobs, bytes] = [readdirSync(join(folder(id), 'blobs')).length, bytesOf(folder(id))];
    try {
      const { files, chunks, vectors } = hold(id);
      return { files: files.totals().files, chunks: chunks.total(), vectors: vectors.count(), blobs, bytes };
    } catch {
      return { files: 0, chunks: 0, vectors: 0, blobs, bytes };
    }
  };
  const list = (): string[] => readdirSync(root).filter((id) => ID.test(id) && has(id));
  return {
    root,
    list,
    has,
    checkRoom,
    folder,
    get(id) {
      if (!has(id)) throw notFound(id);
      return hold(id);
    },
    create(id) {
      if (!has(id)) checkRoom();
      mkdirSync(folder(id), { recursive: true, mode: 0o700 });
      return hold(id);
    },
    remove(id) {
      if (!has(id)) throw notFound(id);
      const removed = countAll(id);
      drop(id);
      rmSync(folder(id), { recursive: true, force: true });
      return removed;
    },
    adopt(id, prepared) {
      const token = join(folder(id), TOKEN);
      if (existsSync(token)) copyFileSync(token, join(prepared, TOKEN));
      drop(id);
      rmSync(folder(id), { recursive: true, force: true });
      renameSync(prepared, folder(id));
    },
    sweep() {
      for (const name of readdirSync(root))
        if (/^\.(export|import)-/.test(name)) rmSync(join(root, name), { recursive: true, force: true });
    },
    bytes: (id) => bytesOf(folder(id)),
    tokenFile: (id) => join(folder(id), TOKEN),
    close() {
      for (const collection of open.values()) collection.close();
      open.clear();
    },
  };
}

const notFound = (id: string): Problem =>
  new Problem('agent.not_found', `There are no documents for the agent ${id}`, { fix: 'Configure it first.' });
