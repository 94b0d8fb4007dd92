import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { usageOf } from './child.ts';
import type { Figure } from './report.ts';

const ANCHORS = join(import.meta.dirname, 'anchors');
const SECONDS = 8;
const READERS = 50;
const STEADY_MS = 1_500;
// What waits on purpose: the server's log is read every 200 ms, written every 100, and neighbours are sent together for 50.
const BATCH_MS = 350;

interface Feed {
  url: string;
  token: string;
}

/** P14: a log of 5,000 lines a second, followed by 50 people, against a feed that sends each line to each of them by itself. */
export async function liveLogFigures(): Promise<Figure[]> {
  const ours = await measure('live-log-panel.ts');
  const perLine = await measure('per-line-sse.mjs');
  const late = ours.delays.toSorted((a, b) => a - b)[Math.floor(ours.delays.length * 0.99)] ?? Number.NaN;
  return [
    {
      id: 'P14',
      what: `a log of 5,000 lines a second to ${READERS} people, SSH and database included: for each line and reader`,
      unit: 'µs CPU',
      ours: ours.cpuMicros,
      anchor: { name: 'an event for each line, no SSH, no database', value: perLine.cpuMicros },
      target: { op: '<=', value: 0.2 },
      note: `${ours.lines} lines came, of ${ours.written}`,
    },
    {
      id: 'P14',
      what: 'the same: from written on the server to read, p99',
      unit: 'ms',
      ours: late,
      target: { op: '<=', value: BATCH_MS + 15 },
      note: `of which ${BATCH_MS} ms it waits on purpose`,
    },
  ];
}

async function measure(panel: string) {
  const child = spawn(process.execPath, [join(ANCHORS, panel), String(SECONDS)], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const feed = JSON.parse(await firstLine(child)) as Feed;
    const delays: number[] = [];
    let lines = 0;
    let written = 0;
    // One of them looks at every line; the others take what comes, as the machine that measures has to share its cores.
    const reading = Array.from({ length: READERS }, async (_, reader) => {
      const response = await fetch(feed.url, { headers: { authorization: `Bearer ${feed.token}` } });
      if (!response.ok) throw new Error(`the feed answered ${response.status}`);
      const decoder = new TextDecoder();
      let held = '';
      for await (const chunk of response.body ?? []) {
        if (reader > 0) continue;
        const text = held + decoder.decode(chunk, { stream: true });
        const whole = text.lastIndexOf('\n') + 1;
        held = text.slice(whole);
        for (const [, at, number] of text.slice(0, whole).matchAll(/"(\d{13}) line (\d+) of/g)) {
          delays.push(Date.now() - Number(at));
          lines += 1;
          written = Math.max(written, Number(number) + 1);
        }
      }
    });
    await delay(STEADY_MS);
    const before = usageOf(child.pid ?? 0).cpuSeconds;
    child.stdin.write('go\n');
    await Promise.race([Promise.all(reading), delay(SECONDS * 10_000).then(() => Promise.reject(new Error('the feeds did not end')))]);
    const cpuMicros = ((usageOf(child.pid ?? 0).cpuSeconds - before) / (lines * READERS)) * 1e6;
    child.stdin.write('end\n');
    return { cpuMicros, lines, written, delays };
  } finally {
    await over(child);
  }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk;
      if (text.includes('\n')) resolve(text.split('\n')[0] ?? '');
    });
    child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${text}`)));
  });
}

async function over(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(late);
}
