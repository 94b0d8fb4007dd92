import type { Browser } from 'playwright-core';
import { installFakeTelegram } from '../test/support/fake-telegram.ts';
import { launchOf } from '../test/support/telegram-page.ts';
import { longestTask, TRACED } from './longest-task.ts';

const LINES = 10_000;
// A hard flick of a finger: 24,000 px a second.
const STEP_PX = 400;
const FRAMES = 180;

/** One page of a log, as the API answers it: every tenth line is an error, every seventh is long. */
const page = {
  source: 'gateway',
  because: null,
  cursor: '1',
  reset: false,
  truncated: false,
  lines: Array.from({ length: LINES }, (_, at) => ({
    at: new Date(1_790_000_000_000 + at * 1000).toISOString(),
    level: at % 10 === 0 ? 'error' : 'info',
    subsystem: 'gateway/ws',
    message: `res ✓ sessions.usage ${at} ms conn=c9ac157e ${at % 7 === 0 ? 'a line that is longer than the screen is wide '.repeat(4) : ''}`,
  })),
};

/**
 * The longest piece of work of the page's main thread, in milliseconds of its processor, while a log of 10,000 lines is scrolled from its
 * end towards its beginning: what it takes of a frame, whatever else the machine does meanwhile.
 */
export async function longestLogFrame(
  browser: Browser,
  { url, serverId, person }: { url: string; serverId: string; person: { id: number; name: string } },
): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 } });
  await context.addInitScript(installFakeTelegram, launchOf(person));
  let asked = 0;
  await context.route('**/openclaw/logs**', (route) => route.fulfill({ json: (asked += 1) === 1 ? page : { ...page, lines: [] } }));
  const tab = await context.newPage();
  await tab.goto(`${url}/servers/${serverId}/logs`);
  await tab.locator('.log-line').first().waitFor();
  // What else the app fetches at its start is not what is measured.
  await tab.waitForLoadState('networkidle');
  await browser.startTracing(tab, { categories: [...TRACED] });
  await tab.evaluate(
    async ({ frames, step }) => {
      const log = document.querySelector('.log');
      if (!log) throw new Error('There is no log');
      performance.mark('scrolling');
      for (let at = 0; at < frames; at++) {
        log.scrollTop -= step;
        await new Promise(requestAnimationFrame);
      }
    },
    { frames: FRAMES, step: STEP_PX },
  );
  const trace = (await browser.stopTracing()).toString('utf8');
  await context.close();
  return longestTask(trace, 'scrolling');
}
