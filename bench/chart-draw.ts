import type { Browser } from 'playwright-core';
import { installFakeTelegram } from '../test/support/fake-telegram.ts';
import { launchOf } from '../test/support/telegram-page.ts';
import { longestTask, TRACED } from './longest-task.ts';

const MINUTES = 7 * 24 * 60;
const COLUMNS = ['load', 'cpu', 'memory', 'swap', 'disk', 'inodes'] as const;

/** A week, minute by minute, as the API would answer it. */
const wave = (at: number, column: number): number => Math.round((50 + 45 * Math.sin(at / (40 + 17 * column))) * 10) / 10;
const columns = (minutes: number): Record<string, number[]> =>
  Object.fromEntries(
    COLUMNS.flatMap((name, column) => {
      const values = Array.from({ length: minutes }, (_, at) => wave(at, column));
      return [
        [name, values],
        [`${name}Max`, values],
      ];
    }),
  );
const answer = (minutes: number): object => ({
  from: new Date(1_790_000_000_000).toISOString(),
  to: new Date(1_790_000_000_000 + minutes * 60_000).toISOString(),
  stepSeconds: 60,
  ...columns(minutes),
  gateway: Array.from({ length: minutes }, () => 1),
});

/** The longest piece of work of the page's main thread, in milliseconds of its processor, while a chart of a week of minutes is drawn. */
export async function longestChartFrame(
  browser: Browser,
  { url, serverId, person }: { url: string; serverId: string; person: { id: number; name: string } },
): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 } });
  await context.addInitScript(installFakeTelegram, launchOf(person));
  let asked = 0;
  await context.route('**/metrics**', (route) => route.fulfill({ json: answer((asked += 1) === 1 ? 60 : MINUTES) }));
  // A server that is confirmed: others have nothing to draw.
  await context.route(`**/api/servers/${serverId}`, async (route) => {
    const server = await (await route.fetch()).json();
    await route.fulfill({ json: { ...server, hostKey: { type: 'ssh-ed25519', sha256: `SHA256:${'a'.repeat(43)}` } } });
  });
  const tab = await context.newPage();
  await tab.goto(`${url}/servers/${serverId}`);
  await tab.locator('.plot canvas').waitFor();
  await tab.waitForLoadState('networkidle');
  await browser.startTracing(tab, { categories: [...TRACED] });
  await tab.evaluate(() => performance.mark('begin'));
  const drawn = tab.waitForResponse(/\/metrics/);
  await tab.locator('[role=tab]').last().click();
  await (await drawn).finished();
  // The frame after the one in which the new canvas is there.
  await tab.locator('.plot canvas').waitFor();
  await tab.evaluate(async () => {
    for (let frames = 0; frames < 10; frames++) await new Promise(requestAnimationFrame);
  });
  const trace = (await browser.stopTracing()).toString('utf8');
  await context.close();
  return longestTask(trace, 'begin');
}
