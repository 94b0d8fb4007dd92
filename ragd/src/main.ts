import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseChild } from './ingest/parse-child.ts';

const USAGE = `usage:
  ragd serve --data FOLDER [--socket PATH] [--listen 127.0.0.1:PORT]
  ragd token --data FOLDER     prints a new admin token
  ragd check --data FOLDER     checks every database
`;

// What each command needs is loaded by it: the process that parses must start fast and small.
const [command, ...words] = process.argv.slice(2);
if (command === 'parse') await parseChild(words);
else if (command === 'token') await newAdminToken(words);
else if (command === 'check') (await import('./check.ts')).check(options(words).data);
else if (command === 'serve') await (await import('./serve.ts')).serve(options(words));
else {
  process.stderr.write(USAGE);
  process.exitCode = 2;
}

function options(args: string[]) {
  const { values } = parseArgs({
    args,
    options: { data: { type: 'string', default: './data' }, socket: { type: 'string' }, listen: { type: 'string' } },
  });
  return values;
}

async function newAdminToken(args: string[]): Promise<void> {
  const { issueToken } = await import('./tokens.ts');
  process.stdout.write(`${issueToken(join(options(args).data, 'admin.sha256'))}\n`);
}
