import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { table, type Figure } from './report.ts';

const REFERENCE = join(import.meta.dirname, '../docs/reference');

/** What a page of figures is made of; the JSON beside it holds the same. */
export interface Saved {
  title: string;
  /** What made it, as it can be typed. */
  command: string;
  /** ISO 8601, UTC. */
  at: string;
  machine: string;
  figures: Figure[];
  /** What follows from the figures: a paragraph each, below the table. */
  text?: string[];
}

export const pageOf = ({ title, command, at, machine, figures, text = [] }: Saved): string =>
  `# ${title}\n\nMade by \`${command}\` on ${at.slice(0, 10)}: ${machine}. Ratios hold on any machine; times are this one's.\n\n${table(figures)}\n${text.map((paragraph) => `\n${paragraph}\n`).join('')}`;

/** Writes docs/reference/<name>.json, and the page that is made from it. */
export function savePage(name: string, saved: Saved): void {
  mkdirSync(REFERENCE, { recursive: true });
  writeFileSync(join(REFERENCE, `${name}.json`), `${JSON.stringify(saved, null, 2)}\n`);
  writeFileSync(join(REFERENCE, `${name}.md`), pageOf(saved));
}

export const readSaved = (name: string): { saved: Saved; page: string } => ({
  saved: JSON.parse(readFileSync(join(REFERENCE, `${name}.json`), 'utf8')) as Saved,
  page: readFileSync(join(REFERENCE, `${name}.md`), 'utf8'),
});
