import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { referenceFiles } from '../../backend/src/openapi-file.ts';
import { VERSION } from '../../backend/src/version.ts';
import { pageOf, readSaved } from '../../bench/save.ts';
import { referencePage } from '../../cli/src/reference.ts';
import { VERSION as CLI_VERSION } from '../../cli/src/version.ts';

const ROOT = join(import.meta.dirname, '../..');

describe('The documentation that is made from the contract', () => {
  it.each(Object.entries(referenceFiles()))('%s is up to date: npm run openapi', (name, text) => {
    expect(readFileSync(join(ROOT, 'docs/reference', name), 'utf8')).toBe(text);
  });
  it('command-line.md is up to date: npm run openapi', () => {
    expect(readFileSync(join(ROOT, 'docs/reference/command-line.md'), 'utf8')).toBe(referencePage());
  });
  it.each(['performance', 'performance-documents', 'growth'])('%s.md is the page of its figures', (name) => {
    const { saved, page } = readSaved(name);
    expect(saved.figures.length).toBeGreaterThan(5);
    expect(page).toBe(pageOf(saved));
  });
  it('names the version of package.json', () => {
    expect(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version).toBe(VERSION);
    expect(CLI_VERSION).toBe(VERSION);
  });
});
