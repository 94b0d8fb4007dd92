import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { until } from './daily-world.ts';
import type { ChatMessage, FakeBotApi, Person as Writer } from './fake-bot-api.ts';
import type { Person, TestWorld } from './world.ts';

const HEARS: Writer = { id: 11, first_name: 'Hedda', language_code: 'en' };
const MUTED: Writer = { id: 12, first_name: 'Mark', language_code: 'en' };
const NIGHT: Writer = { id: 13, first_name: 'Nina', language_code: 'en' };

/** For `startWorld`: messages leave at once, and nobody is rung. */
export const AT_ONCE = {
  env: { ESCALATE_AFTER_MINUTES: '0' },
  pace: { chatGapMs: 0, gapMs: 0, pingsPerMinute: 100, lookEveryMs: 100 },
};

export type Listeners = Awaited<ReturnType<typeof startListeners>>;

/** Three admins of a server: one hears of everything, one has muted everything, for one it is always night and nothing may pass. */
export async function startListeners({ test, api, serverId }: { test: TestWorld; api: FakeBotApi; serverId: string }) {
  const hidden: string[] = [];
  /** Anew: a session ends when the clock is stepped on. */
  const signIn = (who: Writer): Promise<Person> =>
    test.person(who.id, who.first_name, { user: JSON.stringify({ ...who, allows_write_to_pm: true }) });
  const [, muted, night] = [await signIn(HEARS), await signIn(MUTED), await signIn(NIGHT)];
  for (const { id } of [HEARS, MUTED, NIGHT]) await test.grant(serverId, String(id), 'admin');
  await muted.put('/me/notification-prefs', { muted: true });
  const quietHours = { enabled: true, start: '00:00', end: '00:00', timeZone: 'UTC', allowCritical: false };
  await night.put('/me/notification-prefs', { quietHours });

  const look = async (times = 1): Promise<void> => {
    for (let left = times; left > 0; left--) await test.world.watching.monitor.lookNow(serverId);
    await test.world.watching.incidents.teller.ring();
  };
  const read = (title: string): ChatMessage[] => api.chat(HEARS.id).filter(({ text }) => text.includes(title));
  /** Nothing is on its way any more. */
  const settled = (): Promise<unknown> =>
    until(
      async () =>
        (await test.world.db.selectFrom('outbox').select('id').where('state', 'in', ['waiting', 'sending']).execute()).length === 0,
      'nothing is on its way',
    );
  /** Looks until the message of a trouble says something; answers the newest that does. Nobody else reads of it. */
  async function says(title: string, part: string, withinMs = 90_000): Promise<ChatMessage> {
    const message = await until(
      async () => {
        await look();
        // Of the last 20 looks restarts and kills are counted: they must not all fall into one second.
        for (let tries = 0; tries < 10; tries++) {
          const found = read(title).findLast(({ text }) => text.includes(part));
          if (found) return found;
          await delay(200);
        }
        return undefined;
      },
      `“${title}” says “${part}”`,
      withinMs,
    ).catch((error: unknown) => {
      throw new Error(`It says ${JSON.stringify(api.chat(HEARS.id).map(({ text }) => text))}`, { cause: error });
    });
    await settled();
    for (const { id } of [MUTED, NIGHT]) expect(api.chat(id)).toEqual([]);
    return message;
  }

  return {
    /** Who hears, who has muted everything, for whom it is night. */
    people: [HEARS, MUTED, NIGHT],
    signIn,
    look,
    read,
    says,
    settled,
    adjust: async (rules: object): Promise<void> => {
      const { status, text } = await (await signIn(HEARS)).put(`/servers/${serverId}/monitoring`, { rules });
      expect(status, text).toBe(200);
    },
    /** What is told once, and so has no end: of that the summary of the morning speaks as well. */
    hides: (title: string): void => void hidden.push(title),
    /** The same message ends with a tick. */
    async ends(title: string, part: string, begun: ChatMessage, withinMs?: number): Promise<void> {
      const { id, text } = await says(title, part, withinMs);
      expect([id, text.slice(0, 1)]).toEqual([begun.id, '✅']);
      hidden.push(title);
    },
    /** Morning: all that was hidden from one of them comes as one summary. */
    async wake(): Promise<void> {
      await (await signIn(NIGHT)).put('/me/notification-prefs', { quietHours: { enabled: false } });
      const summary = await until(
        async () => api.chat(NIGHT.id).find(({ text }) => text.includes('While it was quiet')),
        'a summary in the morning',
      );
      await settled();
      for (const title of hidden) expect(summary.text).toContain(title);
      expect(api.chat(NIGHT.id)).toHaveLength(1);
      expect(api.chat(MUTED.id)).toEqual([]);
    },
  };
}
