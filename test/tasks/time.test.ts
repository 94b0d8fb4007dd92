import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { HOUR_MS, stepClock } from '../support/clock.ts';
import { planOf, startTasks, stepOf } from '../support/tasks.ts';

it.each([HOUR_MS, -HOUR_MS, 30 * 24 * HOUR_MS])(
  'a clock that steps by %i ms in the middle of a task ends nothing and repeats nothing (R24)',
  async (by) => {
    const clock = stepClock();
    let applied = 0;
    // Were its hour measured on the wall, the step would be over its deadline of a minute.
    const step = { ...stepOf('one', async () => ((applied += 1), clock.jump(by), await delay(50))), deadlineMs: 60_000 };
    await using t = await startTasks({ clock, plans: [planOf('test.step', step)] });
    const id = await t.tasks.start({ serverId: 'srv_1', type: 'test.step', input: {}, by: '1' });
    expect((await t.until(id)).state).toBe('succeeded');
    expect(applied).toBe(1);
    const events = await t.db.selectFrom('task_event').select('seq').where('task_id', '=', id).orderBy('seq').execute();
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1));
  },
);

it('a feed that is cut at random and taken up by the last number it saw is the database, event for event (R12)', async () => {
  const say = stepOf('say', async ({ log }) => {
    for (let line = 0; line < 600; line += 1) {
      log(`line ${line}`);
      if (line % 40 === 0) await delay(10);
    }
  });
  await using t = await startTasks({ plans: [planOf('test.say', say)] });
  const id = await t.tasks.start({ serverId: 'srv_1', type: 'test.say', input: {}, by: '1' });
  const said: string[] = [];
  let last: number | undefined;
  for (let ended = false; !ended;) {
    const cut = new AbortController();
    let left = 1 + Math.floor(Math.random() * 90);
    for await (const { event, id: seq, data } of t.tasks.watch(id, last, cut.signal)) {
      if (event === 'log') said.push(...(data as { lines: { text: string }[] }).lines.map(({ text }) => text));
      if (seq !== undefined) last = seq;
      ended ||= event === 'end';
      if (ended || (left -= 1) === 0) break;
    }
    cut.abort();
  }
  expect(said).toEqual(await t.linesOf(id));
  expect(said.filter((text) => text.startsWith('line '))).toEqual(Array.from({ length: 600 }, (_, line) => `line ${line}`));
});
