import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildWebApp, ROOT } from '../../deploy/toolbox.mjs';

const ASSETS = join(ROOT, 'webapp/dist/assets');
const KB = 1000;
const weigh = (name: string): number => gzipSync(readFileSync(join(ASSETS, name)), { level: 9 }).length / KB;

const most = (name: string): number => (name.startsWith('chart-engine') ? 25 : name.startsWith('ru') ? 12 : 8);

/** The files of the built app, by what they are; a screen's own file stands for it, what screens share is counted by itself. */
describe('The built app (P16, checklist 35)', () => {
  let page: string;
  let files: string[];

  beforeAll(() => {
    buildWebApp();
    page = readFileSync(join(ROOT, 'webapp/dist/index.html'), 'utf8');
    files = readdirSync(ASSETS);
  });

  it('loads at most 95 kB of JavaScript and 10 kB of styles before its first screen', () => {
    const first = [...page.matchAll(/\/assets\/([\w.-]+)"/g)].map(([, name]) => name ?? '');
    const total = (ending: string): number => first.filter((name) => name.endsWith(ending)).reduce((sum, name) => sum + weigh(name), 0);
    expect(first.length).toBeGreaterThan(1);
    expect(total('.js')).toBeLessThanOrEqual(95);
    expect(total('.css')).toBeLessThanOrEqual(10);
  });

  it('loads at most 8 kB for a screen, 25 kB for the chart, 12 kB for a file of another language', () => {
    const later = files.filter((name) => name.endsWith('.js') && !page.includes(name));
    const heavy = later.filter((name) => weigh(name) > most(name));
    expect(later.length).toBeGreaterThan(8);
    expect(heavy).toEqual([]);
  });

  it('names no other host and runs no script of the page itself', () => {
    expect(page).not.toMatch(/https?:\/\//);
    expect(page).not.toMatch(/<script(?![^>]*src=)/);
    expect(page).not.toMatch(/\son\w+=/);
  });
});
