import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inPath } from '../../webapp/src/ui/in-path.ts';
import { buildWebApp } from '../../deploy/toolbox.mjs';
import { seriousFindings } from '../support/axe.ts';
import { CHROMIUM, startBrowser } from '../support/browser.ts';
import { clumsy, visit } from '../support/clumsy.ts';
import { startFakeClawhub, type FakeClawhub } from '../support/fake-clawhub.ts';
import type { FakeTelegramOptions } from '../support/fake-telegram.ts';
import { HARD_THEMES, looks, shareOf, widestOf } from '../support/look.ts';
import { describeIf } from '../support/needs.ts';
import { whyNoOpenclaw } from '../support/openclaw.ts';
import { startOpenclawWorld, type OpenclawWorld } from '../support/openclaw-world.ts';
import { startRelay, type Relay } from '../support/relay.ts';
import { SSHD } from '../support/sshd.ts';
import { callsOf, emit, launchOf, openPage, PHONE, picture, picturePath, pressMain, type AppPage } from '../support/telegram-page.ts';

const why = CHROMIUM === undefined ? 'it needs Chromium' : SSHD === undefined ? 'it needs sshd' : whyNoOpenclaw();
const ANN = { id: 1, name: 'Ann' };
const BEN = { id: 2, name: 'Ben' };

describeIf(why === undefined, `a browser, an sshd and the real OpenClaw: ${why}`)('The screens of an agent, over a real gateway', () => {
  let all: OpenclawWorld;
  let hub: FakeClawhub;
  let relay: Relay;
  let browser: Browser;
  let home: string;

  beforeAll(async () => {
    buildWebApp();
    hub = await startFakeClawhub(
      { tide: 'clean', kraken: 'malicious', fog: 'unknown' },
      { 'sea-plugin': 'clean', 'kraken-plugin': 'malicious', 'fog-plugin': 'unknown' },
    );
    [all, browser] = await Promise.all([startOpenclawWorld({ env: { OPENCLAW_CLAWHUB_URL: hub.url } }), startBrowser()]);
    relay = await startRelay(Number(new URL(all.test.url).port));
    home = `/servers/${all.serverId}`;
    const made = await all.owner.post(`${all.base}/agents`, { id: 'deck', name: 'Deck hand' });
    expect(made.status).toBe(201);
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await relay?.[Symbol.asyncDispose]();
    await all?.[Symbol.asyncDispose]();
    await hub?.[Symbol.asyncDispose]();
  });

  const open = async (
    path: string,
    { person = ANN, over = false, ...telegram }: { person?: typeof ANN; over?: boolean } & Partial<FakeTelegramOptions> = {},
  ): Promise<AppPage> => {
    const origin = over ? `http://127.0.0.1:${relay.port}` : all.test.url;
    const app = await openPage(browser, origin + path, { telegram: launchOf(person, telegram) });
    app.page.setDefaultTimeout(20_000);
    return app;
  };
  const talk = (page: Page) => page.locator('ol.talk');
  const send = (page: Page) => page.getByRole('button', { name: 'Send' });
  const say = async (page: Page, message: string): Promise<void> => {
    await page.getByLabel('Message').fill(message);
    await send(page).click();
  };
  const answered = (page: Page) => page.getByText('It has answered.').waitFor({ timeout: 60_000 });
  /** What is out of sight included, of which a browser knows no inner text; what tools printed is left out. */
  const textOf = (page: Page): Promise<string> =>
    talk(page).evaluate((list) => {
      const copy = list.cloneNode(true) as HTMLElement;
      for (const printed of copy.querySelectorAll('pre')) printed.remove();
      return copy.textContent ?? '';
    });
  const occurrences = async (page: Page, text: string): Promise<number> => (await textOf(page)).split(text).length - 1;
  const inject = async (sessionKey: string, messages: readonly string[]): Promise<void> => {
    const { gateways } = all.test.world;
    await gateways.request(all.serverId, { method: 'sessions.create', params: { key: sessionKey, agentId: 'main' }, as: 'control' });
    for (const message of messages)
      await gateways.request(all.serverId, { method: 'chat.inject', params: { sessionKey, message }, as: 'control' });
  };
  const encoded = inPath;

  it('talks: words come one by one, with what the agent does, and are there again after a reload (U7)', async () => {
    const { page, context, complaints } = await open(`${home}/agents/main/chat`);
    await page.getByRole('button', { name: /^Hello! Who are you/ }).click();
    await talk(page).getByText('test-model heard: Hello! Who are you, and what can you do?').waitFor({ timeout: 60_000 });
    await answered(page);
    await say(page, 'run the command: echo ahoy-$((40+2))');
    await talk(page).locator('details.tool').waitFor({ timeout: 60_000 });
    await answered(page);
    await talk(page).locator('details.tool summary').click();
    await talk(page).locator('pre').getByText('ahoy-42').waitFor();
    await say(page, 'slowly **one** two `three` four');
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await answered(page);
    await talk(page).locator('strong').getByText('one', { exact: true }).waitFor();
    const said = (await textOf(page)).replace(/\s+/g, '');
    await page.reload();
    await talk(page).locator('strong').getByText('one', { exact: true }).waitFor();
    expect((await textOf(page)).replace(/\s+/g, '')).toBe(said);
    // The first time there is no conversation, which the browser notes as a 404.
    expect(complaints.filter((complaint) => !complaint.includes('404'))).toEqual([]);
    await context.close();
  });

  it('goes on where a locked phone left it, says so meanwhile, and loses or repeats no word (U7, R13)', async () => {
    const { page, context } = await open(`${home}/agents/main/chat`, { over: true });
    await page.getByLabel('Message').waitFor();
    await say(page, 'slowly uno dos tres cuatro cinco seis siete ocho nueve diez once doce');
    await talk(page).getByText('heard: slowly uno').waitFor();
    relay.block();
    await page.getByText('No connection. It is tried again by itself; the agent works on.').waitFor();
    await picture(page, 'chat-line-lost');
    relay.restore();
    await page.evaluate(() => window.dispatchEvent(new Event('online')));
    await answered(page);
    expect(await occurrences(page, 'test-model heard: slowly uno dos tres cuatro cinco seis siete ocho nueve diez once doce')).toBe(1);
    expect(await occurrences(page, 'siete')).toBe(2);
    expect(await page.getByText('No connection. It is tried').count()).toBe(0);
    await context.close();
  });

  it('stops an answer, and may be written to again', async () => {
    const { page, context } = await open(`${home}/agents/main/chat`);
    await say(page, 'slowly a1 b2 c3 d4 e5 f6 g7 h8 i9 j10 k11 l12 m13 n14 o15 p16 q17 r18 s19 t20 u21 v22 w23 x24 y25 z26');
    await talk(page).getByText('heard: slowly a1').waitFor();
    await page.getByLabel('Message').fill('and now?');
    await page.getByText('It answers now. Stop it to say something else at once.').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await talk(page).getByText('stopped', { exact: true }).waitFor();
    expect(await occurrences(page, 'z26')).toBe(1);
    await send(page).click();
    await talk(page).getByText('test-model heard: and now?').waitFor({ timeout: 60_000 });
    await context.close();
  });

  it('keeps what is being written over a reload, and gives back what could not be sent', async () => {
    const { page, context } = await open(`${home}/agents/deck/chat`);
    await page.getByLabel('Message').fill('half a thought');
    await page.reload();
    await page.waitForFunction(() => document.querySelector('textarea')?.value === 'half a thought');
    await context.route('**/chat', (route) => route.abort(), { times: 1 });
    await send(page).click();
    await page.getByText('It was not sent. Your words are back in the field.').waitFor();
    expect(await page.getByLabel('Message').inputValue()).toBe('half a thought');
    await send(page).click();
    await talk(page).getByText('test-model heard: half a thought').waitFor({ timeout: 60_000 });
    expect(await page.getByLabel('Message').inputValue()).toBe('');
    await page.reload();
    await talk(page).getByText('test-model heard: half a thought').waitFor();
    expect(await page.getByLabel('Message').inputValue()).toBe('');
    await context.close();
  });

  it('takes files along, and says which it does not take and why', async () => {
    const { page, context } = await open(`${home}/agents/deck/chat`);
    await page.getByLabel('Message').waitFor();
    const files = [
      { name: 'tide.txt', mimeType: 'text/plain', buffer: Buffer.from('low water at nine') },
      { name: 'whale.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(6 * 1024 * 1024) },
    ];
    await page.locator('.composer input[type=file]').setInputFiles(files);
    await page.getByText(/whale\.bin is larger than 5 MB/).waitFor();
    await page.getByText('Write what the file is for.').waitFor();
    await say(page, 'look at this');
    await talk(page).locator('.bubble .tag').getByText('tide.txt').waitFor();
    await answered(page);
    await context.close();
  });

  it('lets a viewer read along, not write, and says who can change that (U17)', async () => {
    const { page, context } = await open(`${home}/agents/main/chat`, { person: BEN });
    await page.getByText('You can read along, not write.').waitFor();
    await page.getByRole('link', { name: 'Read its conversations' }).click();
    await page.locator('ul.list a.row').first().click();
    await page.getByText('Cost', { exact: true }).waitFor();
    await pressMain(page, 'Read on');
    await talk(page).locator('.said').first().waitFor();
    expect(await page.getByLabel('Message').count()).toBe(0);
    await page.getByText('You can read along, not write.').waitFor();
    await context.close();
  });

  it('pages back through a long conversation and leaves what is being read where it is', async () => {
    const key = 'agent:main:we/ird key: 100%';
    await inject(
      key,
      Array.from({ length: 130 }, (_, at) => `line ${at} ${'of the ship’s log '.repeat(at % 7)}`),
    );
    const { page, context } = await open(`${home}/agents/main/chat/${encoded(key)}`);
    await talk(page).getByText('line 129', { exact: false }).waitFor();
    await page.waitForFunction(() => document.documentElement.scrollHeight - innerHeight - scrollY < 90);
    expect(await talk(page).getByText('line 60 ', { exact: false }).count()).toBe(0);
    await page.evaluate(() => window.scrollTo(0, 300));
    await page.getByRole('button', { name: 'To the end' }).waitFor();
    // What was far from sight has a guessed height until it is drawn.
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    const top = talk(page).getByText('line 80', { exact: false }).first();
    const before = await top.evaluate((element) => element.getBoundingClientRect().top);
    await page.getByRole('button', { name: 'Earlier messages' }).dispatchEvent('click');
    await talk(page).getByText('line 60 ', { exact: false }).first().waitFor();
    await expect
      .poll(async () => Math.abs((await top.evaluate((element) => element.getBoundingClientRect().top)) - before))
      .toBeLessThan(8);
    await page.getByRole('button', { name: 'To the end' }).click();
    await page.waitForFunction(() => document.documentElement.scrollHeight - innerHeight - scrollY < 90);
    await context.close();
  });

  it('changes an agent, saves it as a file, makes one from the file, copies and deletes it by its typed name (U16, checklist 38)', async () => {
    const { page, context } = await open(`${home}/agents/deck`);
    await page.getByRole('button', { name: 'Change name or model' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Bosun');
    await page.getByRole('combobox', { name: 'Model' }).selectOption('test/test-model');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('heading', { name: 'Bosun' }).waitFor();
    await page.getByRole('button', { name: 'Save as a file' }).click();
    await page.getByText('The file is on its way to this device.').waitFor();
    const [asked] = await callsOf(page, 'web_app_request_file_download');
    expect(asked).toMatchObject({ file_name: 'agent-deck.tar.gz' });
    const archive = Buffer.from(await (await fetch(String(asked?.['url']))).arrayBuffer());
    await emit(page, 'back_button_pressed');
    await page.getByRole('link', { name: 'From a file' }).click();
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'notes.gz', mimeType: 'application/gzip', buffer: Buffer.from('no archive') });
    await page.getByRole('alert').waitFor();
    await page.locator('input[type=file]').setInputFiles({ name: 'agent-deck.tar.gz', mimeType: 'application/gzip', buffer: archive });
    await page.getByText('SOUL.md').waitFor();
    expect(await page.getByLabel('Id').inputValue()).toBe('deck-copy');
    await page.getByLabel('Id').fill('deck');
    await page.getByText('There is an agent with this id already: choose another.').waitFor();
    await page.getByText('SOUL.md').waitFor();
    await picture(page, 'agent-import');
    await page.getByLabel('Id').fill('mate');
    await pressMain(page, 'Create');
    await page.getByText('mate', { exact: true }).waitFor({ timeout: 60_000 });
    await page.getByRole('link', { name: /Copy to a server/ }).click();
    await page.getByLabel('Name').fill('Second mate');
    await pressMain(page, 'Copy');
    await page.getByRole('heading', { name: 'Second mate' }).waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Delete this agent' }).click();
    const sure = page.getByRole('dialog').getByRole('button', { name: 'Delete this agent' });
    expect(await sure.isDisabled()).toBe(true);
    await page.getByLabel(/Type “Second mate”/).fill('Second mate');
    await sure.click();
    await page.getByRole('heading', { name: 'Agents' }).waitFor({ timeout: 60_000 });
    await page.getByText('mate', { exact: true }).waitFor();
    await page.getByText('mate-copy').waitFor({ state: 'detached' });
    await context.close();
  });

  it('writes a file of an agent; shows what somebody else wrote meanwhile, and lets the person choose (U20)', async () => {
    const path = `${all.base}/agents/deck/files/SOUL.md`;
    const { page, context } = await open(`${home}/agents/deck/files`);
    page.on('dialog', (dialog) => void dialog.accept());
    await page.getByRole('link', { name: /SOUL\.md/ }).click();
    const field = page.getByLabel('SOUL.md');
    await field.fill('I keep the deck.');
    expect((await callsOf(page, 'web_app_setup_closing_behavior')).at(-1)).toEqual({ need_confirmation: true });
    await page.reload();
    await page.getByText('What you wrote before is back; it is not saved yet.').waitFor();
    expect(await field.inputValue()).toBe('I keep the deck.');
    await pressMain(page, 'Save');
    await page.getByText('Saved. The agent reads it at its next turn.').waitFor();
    const { content, hash } = (await all.owner.get(path)).body;
    expect(content).toBe('I keep the deck.');
    await field.fill('I keep the deck.\nI sing.');
    await all.owner.put(path, { content: 'I keep the deck.\nI whistle.', baseHash: hash });
    await pressMain(page, 'Save');
    await page.getByText('Somebody changed this file meanwhile').waitFor();
    await page.locator('.diff-removed').getByText('I whistle.').waitFor();
    await page.locator('.diff-added').getByText('I sing.').waitFor();
    await picture(page, 'file-conflict');
    await page.getByRole('button', { name: 'Save mine over it' }).click();
    await page.getByText('Saved. The agent reads it at its next turn.').waitFor();
    expect((await all.owner.get(path)).body.content).toBe('I keep the deck.\nI sing.');
    await page.reload();
    await page.waitForFunction(() => document.querySelector('textarea')?.value.includes('I sing.'));
    expect(await page.getByText('What you wrote before is back').count()).toBe(0);
    await context.close();
  });

  it('finds conversations, shows what one has used, begins it anew and deletes it', async () => {
    const key = 'agent:main:harbour/master';
    await inject(key, ['the tide is high']);
    const { page, context } = await open(`${home}/sessions`);
    await page.getByLabel('Search conversations').fill('harbour');
    await page.locator('ul.list a.row').getByText('harbour/master').click();
    await page.locator('.prose').getByText('the tide is high').waitFor();
    await page.getByRole('heading', { name: 'Used in the last 30 days' }).waitFor();
    await page.getByRole('button', { name: /Begin anew/ }).click();
    await page.getByText('It begins anew.').waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: /Delete/ }).click();
    await page.getByRole('heading', { name: 'Conversations' }).waitFor();
    await expect
      .poll(async () => (await all.owner.get(`${all.base}/sessions/${encodeURIComponent(key)}`)).status, { timeout: 10_000 })
      .toBe(404);
    await context.close();
  });

  it('turns a skill off and on, installs a clean one, asks twice for an unchecked one and offers no malicious one', async () => {
    const { page, context } = await open(`${home}/skills`);
    await page.getByLabel('Search these skills').fill('weather');
    await page.locator('details.skill > summary').first().click();
    const toggle = page.getByRole('switch', { name: /On for all agents/ });
    await toggle.click();
    await expect.poll(async () => (await all.owner.get(`${all.base}/skills/weather`)).body.enabled, { timeout: 20_000 }).toBe(false);
    await expect.poll(() => toggle.isDisabled()).toBe(false);
    await toggle.click();
    await expect.poll(async () => (await all.owner.get(`${all.base}/skills/weather`)).body.enabled, { timeout: 20_000 }).toBe(true);
    await page.getByRole('tab', { name: 'ClawHub' }).click();
    await page.getByLabel('What should it know?').fill('sea');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: /The kraken/ }).click();
    await dialog.getByText('malicious', { exact: true }).waitFor();
    await picture(page, 'skill-malicious');
    expect(await dialog.getByRole('button', { name: /Install/ }).count()).toBe(0);
    await emit(page, 'back_button_pressed');
    await page.getByRole('button', { name: /The fog/ }).click();
    await dialog.getByRole('button', { name: 'Install unchecked' }).click();
    await installed(dialog, 'The fog is installed.');
    expect(await callsOf(page, 'web_app_open_popup')).toHaveLength(2);
    await emit(page, 'back_button_pressed');
    await page.getByRole('button', { name: /The tide/ }).click();
    await dialog.getByRole('button', { name: 'Install', exact: true }).click();
    await installed(dialog, 'The tide is installed.');
    await context.close();
  });

  async function installed(dialog: Locator, sentence: string): Promise<void> {
    await dialog.getByText(sentence).or(dialog.getByRole('alert')).first().waitFor({ timeout: 100_000 });
    expect(await dialog.innerText()).toContain(sentence);
  }

  it('says what a plugin may do, offers no malicious one, asks twice for an unchecked one, installs a clean one and removes it', async () => {
    const { page, context } = await open(`${home}/plugins`, { popup: 'cancel' });
    const dialog = page.getByRole('dialog');
    await page.getByLabel('Search these plugins').fill('memory-core');
    await page.locator('ul.list button.row').first().click();
    await dialog.getByRole('switch', { name: /On/ }).waitFor();
    expect(await dialog.getByRole('button', { name: 'Remove this plugin' }).count()).toBe(0);
    await emit(page, 'back_button_pressed');
    await page.getByRole('tab', { name: 'ClawHub' }).click();
    await page.getByLabel('What should it bring?').fill('plugin');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByRole('button', { name: /The kraken-plugin/ }).click();
    await dialog.getByText('malicious', { exact: true }).waitFor();
    expect(await dialog.getByRole('button', { name: /Install/ }).count()).toBe(0);
    await emit(page, 'back_button_pressed');
    await page.getByRole('button', { name: /The fog-plugin/ }).click();
    await dialog.getByRole('button', { name: 'Install unchecked' }).click();
    // Answered with no: nothing is installed.
    expect(await callsOf(page, 'web_app_open_popup')).toHaveLength(1);
    await emit(page, 'back_button_pressed');
    await page.getByRole('button', { name: /The sea-plugin/ }).click();
    await dialog.getByText('Channels').waitFor();
    await picture(page, 'plugin-clean');
    await press(dialog.getByRole('button', { name: 'Install', exact: true }), dialog.getByText(/is installed/));
    const there = async (): Promise<string[]> =>
      (await all.owner.get(`${all.base}/plugins`)).body.plugins.flatMap(({ id }: { id: string }) => (id.endsWith('-plugin') ? [id] : []));
    expect(await there()).toEqual(['sea-plugin']);
    await context.close();

    const again = await open(`${home}/plugins`);
    const row = again.page.getByRole('button', { name: /The sea-plugin/ });
    await row.click();
    const sheet = again.page.getByRole('dialog');
    await expect
      .poll(
        async () => {
          const left = await there();
          if (left.length > 0)
            await sheet
              .getByRole('button', { name: 'Remove this plugin' })
              .click({ timeout: 1_000 })
              .catch(() => undefined);
          return left;
        },
        { timeout: 100_000, interval: 1_000 },
      )
      .toEqual([]);
    await row.waitFor({ state: 'detached' });
    await again.context.close();
  });

  /** A gateway that still takes up the change before refuses the next one for a moment, and the screen says so. */
  async function press(button: Locator, done: Locator): Promise<void> {
    await expect
      .poll(
        async () => {
          if (!(await done.isVisible())) await button.click({ timeout: 1_000 }).catch(() => undefined);
          return done.isVisible();
        },
        { timeout: 100_000, interval: 500 },
      )
      .toBe(true);
  }

  /** Every screen with what stands on it, as the tests above have left it. */
  const screens = (): [name: string, path: string, settled: string][] => [
    ['agents', `${home}/agents`, 'a.row'],
    ['agent', `${home}/agents/deck`, '.button.danger'],
    ['agent-default', `${home}/agents/main`, '.row.fact'],
    ['agent-copy', `${home}/agents/deck/copy`, '.row.fact'],
    ['agent-import', `${home}/import-agent`, '.button.wide'],
    ['chat', `${home}/agents/main/chat`, '.said'],
    ['chat-empty', `${home}/agents/mate/chat`, '.empty'],
    ['chat-failed', `${home}/agents/nobody/chat`, '.notice.bad'],
    ['files', `${home}/agents/deck/files`, 'a.row'],
    ['file', `${home}/agents/deck/files/${inPath('SOUL.md')}`, 'textarea'],
    ['sessions', `${home}/sessions`, 'a.row'],
    ['session', `${home}/sessions/${encoded(`agent:main:user-${all.owner.id}`)}`, 'section .row.fact'],
    ['session-missing', `${home}/sessions/none`, '.notice.bad'],
    ['skills', `${home}/skills`, 'details.skill'],
    ['plugins', `${home}/plugins`, 'ul.list button.row'],
  ];

  it.each(looks('desktop-light-ru'))(
    'has no serious finding of axe, no clipped text and no raw key on any: $name (checklist 5, 31, U21, U23)',
    async (look) => {
      const found: string[] = [];
      const app = await openPage(browser, all.test.url, {
        viewport: look.viewport,
        telegram: launchOf({ ...ANN, language: look.language }, { theme: look.theme }),
      });
      await app.page.locator('a.card.server').first().waitFor();
      for (const [name, path, settled] of screens()) {
        await visit(app.page, path);
        await app.page.locator(settled).first().waitFor();
        // A chat fills its window: as tall as all of it, no window ever is.
        if (name.startsWith('chat')) await app.page.screenshot({ path: picturePath(`${look.name}-${name}`), animations: 'disabled' });
        else await picture(app.page, `${look.name}-${name}`);
        for (const finding of [...(await seriousFindings(app.page)), ...(await clumsy(app.page, look.language))])
          found.push(`${name}: ${finding}`);
      }
      expect(found).toEqual([]);
      await app.context.close();
    },
  );

  it.each(HARD_THEMES)(
    'can be read in the theme %s, from right to left and with text twice as large (checklist 5, 33, U23)',
    async (hard, theme) => {
      const found: string[] = [];
      const { page, context } = await openPage(browser, all.test.url, { viewport: PHONE, telegram: launchOf(ANN, { theme }) });
      await page.locator('a.card.server').first().waitFor();
      for (const [name, path, settled] of shareOf(hard, screens())) {
        await visit(page, path);
        await page.locator(settled).first().waitFor();
        for (const finding of await seriousFindings(page)) found.push(`${name}: ${finding}`);
        const width = await page.evaluate(widestOf);
        if (width > PHONE.width) found.push(`${name}: ${width} px wide`);
      }
      expect(found).toEqual([]);
      await context.close();
    },
  );
});
