import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openFeed } from '../support/event-feed.ts';
import { startKilledMain, type KilledMain } from '../support/killed-main.ts';
import { startModelServer, type ModelServer } from '../support/model-server.ts';
import { describeIf } from '../support/needs.ts';
import { startOpenclaw, whyNoOpenclaw, type TestOpenclaw } from '../support/openclaw.ts';
import { addServer } from '../support/openclaw-world.ts';
import { SSHD, startSshd, type TestSshd } from '../support/sshd.ts';

const why = SSHD === undefined ? 'it needs sshd' : whyNoOpenclaw();
const TURNS = 40;

interface Message {
  role: string;
  text: string;
}

describeIf(why === undefined, `the real OpenClaw: ${why}`)('A conversation, while the whole backend is killed again and again', () => {
  let sshd: TestSshd;
  let model: ModelServer;
  let openclaw: TestOpenclaw;
  let main: KilledMain;
  beforeAll(async () => {
    [sshd, model, main] = await Promise.all([startSshd(), startModelServer(), startKilledMain()]);
    openclaw = await startOpenclaw({ home: sshd.home, modelPort: model.port });
  }, 300_000);
  afterAll(async () => {
    for (const each of [main, openclaw, sshd, model]) await each[Symbol.asyncDispose]();
  });

  it(`says every message once and shows every answer whole, once: ${TURNS} times kill -9 (R1)`, async () => {
    const base = `/servers/${await addServer(main.owner, sshd)}/openclaw`;
    const chat = `${base}/agents/main/chat`;
    let sessionKey = '';
    const history = async (): Promise<Message[]> => {
      const answer = await main.owner.get(`${base}/sessions/${encodeURIComponent(sessionKey)}?limit=200`);
      expect(answer.status, answer.text).toBe(200);
      return answer.body.messages;
    };
    for (let turn = 0; turn < TURNS; turn += 1) {
      const message = `slowly number ${turn} of the fleet`;
      // As the app does it: what got no answer is sent again, under the same key.
      const say = () => main.owner.post(chat, { message, idempotencyKey: `turn-${turn}` });
      const feed = await openFeed(`${main.url()}${chat}/events`, { token: main.owner.token });
      const saying = say();
      await delay(Math.random() * 1_500);
      await main.killAndStart();
      feed.close();
      const sent = await saying;
      expect(sent.status, sent.text).toBe(202);
      sessionKey = sent.body.sessionKey;
      expect((await say()).body.runId, 'the same key again').toBe(sent.body.runId);
      const answer = `test-model heard: ${message}`;
      await expect
        .poll(async () => (await history()).filter(({ role, text }) => role === 'assistant' && text === answer).length, { timeout: 60_000 })
        .toBe(1);
    }
    const said = (await history()).filter(({ role }) => role === 'user').map(({ text }) => text);
    expect(said).toEqual(Array.from({ length: TURNS }, (_, turn) => `slowly number ${turn} of the fleet`));
    expect(await main.damage()).toEqual([]);
  }, 1_200_000);
});
