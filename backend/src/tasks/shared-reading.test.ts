import { EventEmitter } from 'node:events';
import { expect, it, vi } from 'vitest';
import { createSharedReading } from './shared-reading.ts';
import type { EventRow, tasksStore } from './tasks.store.ts';

const rowOf = (seq: number): EventRow => ({ task_id: 't', seq, at: 1, kind: 'log', step: 's', text: `line ${seq}` });

/** As many lines as `written` says, and how often they were asked for. */
function logOf(written: { lines: number }) {
  const eventsAfter = vi.fn(async (_id: string, after: number, limit: number) =>
    Array.from({ length: Math.min(limit, written.lines - after) }, (_, index) => rowOf(after + index + 1)),
  );
  const store: Partial<ReturnType<typeof tasksStore>> = { eventsAfter, get: async () => undefined };
  const bell = new EventEmitter();
  return { eventsAfter, bell, reading: createSharedReading({ store: store as ReturnType<typeof tasksStore>, bell }) };
}

it('reads a page once for fifty readers, who are given the very same objects', async () => {
  const { eventsAfter, reading } = logOf({ lines: 30 });
  for (let reader = 0; reader < 50; reader += 1) reading.enter('t');
  const pages = await Promise.all(Array.from({ length: 50 }, () => reading.page('t', 0)));
  expect(eventsAfter).toHaveBeenCalledOnce();
  expect(new Set(pages.map(({ events }) => events)).size).toBe(1);
  expect(pages[0]).toMatchObject({ lastSeq: 30, isFull: false, events: [{ event: 'log', id: 30 }] });
});

it('knows nothing from before once the bell has rung: who was woken sees what woke it', async () => {
  const written = { lines: 1 };
  const { bell, reading } = logOf(written);
  reading.enter('t');
  expect((await reading.page('t', 0)).lastSeq).toBe(1);
  written.lines = 2;
  const seen: (number | undefined)[] = [];
  bell.once('t', () => void reading.page('t', 0).then(({ lastSeq }) => seen.push(lastSeq)));
  bell.emit('t');
  await vi.waitFor(() => expect(seen).toEqual([2]));
});

it('believes itself for a moment only, where the bell is missed', async () => {
  const written = { lines: 1 };
  const { reading } = logOf(written);
  reading.enter('t');
  expect((await reading.page('t', 1)).lastSeq).toBeUndefined();
  written.lines = 2;
  await expect.poll(async () => (await reading.page('t', 1)).lastSeq).toBe(2);
});

it('lets everything go with the last reader', async () => {
  const { bell, reading } = logOf({ lines: 1 });
  const leaves = [reading.enter('t'), reading.enter('t')];
  expect(bell.listenerCount('t')).toBe(1);
  for (const leave of leaves) leave();
  expect(bell.listenerCount('t')).toBe(0);
});
