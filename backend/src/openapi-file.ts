// npm run openapi: writes what the documentation takes from the contract. A test fails when the files are stale.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { api } from '@clawmoor/shared/api.ts';
import { problemStatus } from '@clawmoor/shared/problem.ts';
import { configDefaults } from './config.ts';
import { configWords } from './config-words.ts';
import { describeApi } from './http/openapi.ts';
import { VERSION } from './version.ts';

const FOLDER = join(import.meta.dirname, '../../docs/reference');

/** File names and their contents. */
export function referenceFiles(): Record<string, string> {
  return {
    'openapi.json': `${JSON.stringify(describeApi(api, { version: VERSION }), null, 1)}\n`,
    'errors.md': errors(),
    'operations.md': operations(),
    'config.md': config(),
  };
}

function errors(): string {
  const rows = Object.entries(problemStatus).map(([code, status]) => `| \`${code}\` | ${status} |`);
  return `# Error codes\n\nEvery error answer is \`{"error", "code", "requestId"}\`, with \`fix\` where something can be done, \`issues\` with 400, and \`taskId\` with \`task.lane_busy\`.\nA code never changes its meaning. Made by \`npm run openapi\`.\n\n| code | status |\n|---|---|\n${rows.join('\n')}\n`;
}

function operations(): string {
  const rows = Object.values(api).map(
    ({ method, path, access, summary }) => `| ${method.toUpperCase()} | \`${path}\` | ${access} | ${summary} |`,
  );
  return `# Operations\n\nBelow \`/api\`. Made by \`npm run openapi\`; the schemas are in [openapi.json](openapi.json).\n\n| method | path | access | what |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}

function config(): string {
  const defaults = new Map<string, unknown>(Object.entries(configDefaults()));
  const shown = (value: unknown): string =>
    value === undefined || value === '' || (Array.isArray(value) && value.length === 0) ? '–' : `\`${String(value)}\``;
  const rows = Object.entries(configWords).map(([name, words]) => `| \`${name}\` | ${shown(defaults.get(name))} | ${words} |`);
  return `# Configuration\n\nVariables of the environment. A value that cannot be used stops the start, and every such variable is named; an empty one counts as left out.\nMade by \`npm run openapi\`.\n\n| variable | default | what |\n|---|---|---|\n${rows.join('\n')}\n`;
}

if (process.argv[1] === import.meta.filename) {
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, text] of Object.entries(referenceFiles())) writeFileSync(join(FOLDER, name), text);
}
