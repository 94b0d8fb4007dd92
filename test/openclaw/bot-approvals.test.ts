import { afterAll, beforeAll, expect, it } from 'vitest';
import { startGatewayWorld, until, type GatewayWorld } from '../support/daily-world.ts';
import { startFakeBotApi, type ChatMessage, type FakeBotApi, type Person as Writer } from '../support/fake-bot-api.ts';
import { describeIf } from '../support/needs.ts';
import { whyNoOpenclaw } from '../support/openclaw.ts';
import { SSHD } from '../support/sshd.ts';
import { BOT_TOKEN, type Person } from '../support/world.ts';

const why = SSHD === undefined ? 'it needs sshd' : whyNoOpenclaw();
const LONG_MS = 300_000;
const OLGA: Writer = { id: 1, first_name: 'Olga', language_code: 'en' };
const ANNA: Writer = { id: 2, first_name: 'Anna', language_code: 'ru' };

describeIf(why === undefined, `the real OpenClaw: ${why}`)('A command of a real gateway that waits for an answer', () => {
  let all: GatewayWorld;
  let api: FakeBotApi;
  let owner: Person;

  const signIn = (who: Writer): Promise<Person> =>
    all.test.person(who.id, who.first_name, { user: JSON.stringify({ ...who, allows_write_to_pm: true }) });
  /** The message about a command, once it says something. */
  const message = (who: Writer, command: string, says: string): Promise<ChatMessage> =>
    until(
      async () => api.chat(who.id).find(({ text }) => text.includes(command) && text.includes(says)),
      `${who.first_name} reads “${says}”`,
    );
  async function tap(who: Writer, under: ChatMessage, button: string): Promise<string> {
    const before = api.of('answerCallbackQuery').length;
    await api.taps(who, under, button);
    await until(async () => api.of('answerCallbackQuery').length > before, 'the tap is answered');
    return String(api.of('answerCallbackQuery').at(-1)?.['text'] ?? '');
  }

  beforeAll(async () => {
    api = await startFakeBotApi({ token: BOT_TOKEN });
    all = await startGatewayWorld({ pace: { chatGapMs: 0, gapMs: 0, pingsPerMinute: 100 } }, { TELEGRAM_API_ROOT: api.root });
    owner = await signIn(OLGA);
    await signIn(ANNA);
    await all.test.grant(all.serverId, '2', 'admin');
    const exec = { security: 'allowlist', ask: 'on-miss' };
    await all.configure({ agents: { entries: { main: { tools: { exec } } } } });
    await owner.put(all.path('/approvals/watch'), { enabled: true });
    await until(async () => (await owner.get(all.path('/approvals'))).body.watch === 'connected', 'somebody is there to answer');
  }, LONG_MS);
  afterAll(async () => {
    await all[Symbol.asyncDispose]();
    await api[Symbol.asyncDispose]();
  });

  it('is a message to every admin, answered with one tap; everybody sees who did it, and the second tap comes too late', async () => {
    await all.say('tap', 'please run the command: touch made-by-tap');
    const [toOlga, toAnna] = [
      await message(OLGA, 'made-by-tap', 'wants to run this'),
      await message(ANNA, 'made-by-tap', 'хочет выполнить это'),
    ];
    expect(toOlga.text).toContain('<pre>touch made-by-tap</pre>');
    expect(toOlga.buttons.map(({ text }) => text)).toEqual(['Allow once', 'Deny', 'Open']);
    const late = toOlga.buttons[1]?.data ?? '';
    expect(await tap(ANNA, toAnna, 'Разрешить один раз')).toBe('Готово');
    const after = await message(OLGA, 'made-by-tap', 'Allowed by Anna.');
    expect(after.id).toBe(toOlga.id);
    expect(after.buttons.map(({ text }) => text)).toEqual(['Open']);
    expect(await tap(OLGA, toOlga, late)).toBe('It is answered already, or its time has passed');
    const { entries } = (await (await all.test.person(900)).get('/admin/audit?action=approval.resolve')).body;
    expect(entries[0]).toMatchObject({ actor: { id: '2', name: 'Anna' }, result: 'ok', after: { tapped: 'allow_once', via: 'bot' } });
  });

  it('that is answered in the app, or at the gateway itself, is over in every chat', async () => {
    await all.say('app', 'please run the command: touch made-in-app');
    await message(OLGA, 'made-in-app', 'wants to run this');
    const { approvals } = (await owner.get(all.path('/approvals'))).body;
    await owner.post(all.path(`/approvals/${approvals[0].id}`), { decision: 'deny' });
    await message(ANNA, 'made-in-app', 'Отказано: Olga.');
    await all.say('there', 'please run the command: touch made-there');
    await message(OLGA, 'made-there', 'wants to run this');
    const waiting = (await owner.get(all.path('/approvals'))).body.approvals;
    await all.ask('approval.resolve', { id: waiting[0].id, kind: 'exec', decision: 'deny' });
    await message(ANNA, 'made-there', 'Больше не ждёт.');
  });
});
