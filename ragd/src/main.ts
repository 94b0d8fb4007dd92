import { parseChild } from './ingest/parse-child.ts';
const [command, ...words] = process.argv.slice(2);
if (command === 'parse') await parseChild(words);
