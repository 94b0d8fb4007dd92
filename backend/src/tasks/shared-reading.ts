import type { EventEmitter } from 'node:events';
import { toEvents, type TaskEvent } from './task-events.ts';
import type { TaskWithSteps, tasksStore } from './tasks.store.ts';

export const PAGE = 500;
// So long what was read last is true without the bell, which can be missed: another process may write.
const TRUE_FOR_MS = 50;
// Readers are at the end together; one that is behind reads its pages by itself and soon catches up.
const PAGES_KEPT = 4;

export interface Page {
  /** The same objects for every reader, so that what is made of them is made once. */
  events: readonly TaskEvent[];
  /** Of its last event; `undefined` where there is none. */
  lastSeq: number | undefined;
  isFull: boolean;
}

interface Kept<T> {
  value: Promise<T>;
  at: number;
}

interface Room {
  readers: number;
  task: Kept<TaskWithSteps | undefined> | undefined;
  pages: Map<number, Kept<Page>>;
  forget: () => void;
}

export type SharedReading = ReturnType<typeof createSharedReading>;

/**
 * Reads what readers of the same task want, once for all of them: fifty people who follow one log cost one question to the database and one
 * text, not fifty. Whoever begins calls `enter` and, at its end, what that answers.
 */
export function createSharedReading({ store, bell }: { store: ReturnType<typeof tasksStore>; bell: EventEmitter }) {
  const rooms = new Map<string, Room>();

  function enter(id: string): () => void {
    let room = rooms.get(id);
    if (!room) {
      const made: Room = { readers: 0, task: undefined, pages: new Map(), forget: () => forget(made) };
      // Before any reader listens: when they are woken, what was true before is forgotten.
      bell.on(id, made.forget);
      rooms.set(id, (room = made));
    }
    const mine = room;
    mine.readers += 1;
    return () => {
      mine.readers -= 1;
      if (mine.readers > 0) return;
      bell.off(id, mine.forget);
      rooms.delete(id);
    };
  }

  const isTrue = (kept: { at: number } | undefined): boolean => kept !== undefined && performance.now() - kept.at < TRUE_FOR_MS;

  function task(id: string): Promise<TaskWithSteps | undefined> {
    const room = rooms.get(id);
    if (!room) return store.get(id);
    if (!room.task || !isTrue(room.task)) room.task = keep(store.get(id));
    return room.task.value;
  }

  function page(id: string, after: number): Promise<Page> {
    const room = rooms.get(id);
    if (!room) return readPage(id, after);
    const known = room.pages.get(after);
    if (known && isTrue(known)) return known.value;
    const kept = keep(readPage(id, after));
    room.pages.delete(after);
    room.pages.set(after, kept);
    const [oldest] = room.pages.keys();
    if (room.pages.size > PAGES_KEPT && oldest !== undefined) room.pages.delete(oldest);
    return kept.value;
  }

  async function readPage(id: string, after: number): Promise<Page> {
    const rows = await store.eventsAfter(id, after, PAGE);
    return { events: await toEvents(rows, after, () => task(id)), lastSeq: rows.at(-1)?.seq, isFull: rows.length === PAGE };
  }

  return { enter, task, page };
}

const keep = <T>(value: Promise<T>): Kept<T> => ({ value, at: performance.now() });

function forget(room: Room): void {
  room.task = undefined;
  room.pages.clear();
}
