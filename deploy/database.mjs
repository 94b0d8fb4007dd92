// Looks at an SQLite file for clawmoorctl, with the release's own driver.
//   database.mjs snapshot FROM TO    a whole, checked copy of a file that may be in use
//   database.mjs migrations FILE     the names of its migrations, one a line
import { chmodSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';

const Database = createRequire(import.meta.url)('better-sqlite3');
const BUSY_TIMEOUT_MS = 10_000;
const [verb, file, target] = process.argv.slice(2);

const open = (path) => new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });

function snapshot() {
  process.umask(0o077);
  rmSync(target, { force: true });
  const source = open(file);
  source.prepare('VACUUM INTO ?').run(target);
  source.close();
  const copy = open(target);
  const found = copy.pragma('integrity_check', { simple: true });
  copy.close();
  if (found !== 'ok') throw new Error(`The copy is damaged: ${found}`);
  chmodSync(target, 0o600);
}

function migrations() {
  const database = open(file);
  const rows = database.prepare('SELECT name FROM migration ORDER BY name').pluck().all();
  database.close();
  process.stdout.write(rows.map((name) => `${name}\n`).join(''));
}

try {
  if (verb === 'snapshot' && file && target) snapshot();
  else if (verb === 'migrations' && file) migrations();
  else throw new Error('usage: database.mjs snapshot FROM TO | migrations FILE');
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
