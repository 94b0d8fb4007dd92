import { readFileSync, statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as z from 'zod/mini';
import { call } from '../../plugin/ask.js';
import { shown } from '../../plugin/present.js';
import type { Answer } from '../retrieve/query.ts';
import type { Evaluation } from '../retrieve/evaluate.ts';

const USAGE = `usage: rag --connection FILE query WORDS... [--limit N] [--json]
       rag --connection FILE status
       rag --connection FILE eval QUESTIONS.jsonl     one {"query": "...", "files": ["name"]} a line; needs the admin token
FILE (0600) holds {"port" or "socket", "agent", "token"}; RAG_CONNECTION may name it instead.
`;
const EVAL_WITHIN_MS = 600_000;

const Connection = z.object({
  port: z.optional(z.int()),
  socket: z.optional(z.string()),
  agent: z.string().check(z.regex(/^[a-z0-9][a-z0-9_-]{0,63}$/)),
  token: z.string(),
});
type Connection = z.output<typeof Connection>;

class UsedWrongly extends Error {}

try {
  process.stdout.write(`${await run(process.argv.slice(2))}\n`);
} catch (error) {
  const wrongly = error instanceof UsedWrongly;
  process.stderr.write(wrongly ? `${error.message}\n${USAGE}` : `${(error as Error).message}\n`);
  process.exitCode = wrongly ? 2 : 1;
}

async function run(args: string[]): Promise<string> {
  const { values, positionals } = parsedWords(args);
  const [verb, ...words] = positionals;
  const connection = connectionOf(values.connection ?? process.env['RAG_CONNECTION']);
  const path = (operation: string): string => `/agents/${connection.agent}/${operation}`;
  switch (verb) {
    case 'query': {
      if (words.length === 0) throw new UsedWrongly('What is the question?');
      const body = { query: words.join(' '), limit: Number(values.limit) };
      const answer = await call<Answer>(connection, { path: path('query'), body });
      return values.json ? JSON.stringify(answer) : shown(answer);
    }
    case 'status': {
      const { version } = await call<{ version: string }>(connection, { method: 'GET', path: '/health' });
      const { results } = await call<Answer>(connection, { path: path('query'), body: { query: 'test', limit: 1, mode: 'keyword' } });
      return `ragd ${version} answers for the agent ${connection.agent}${results.length === 0 ? '' : ', which has documents'}`;
    }
    case 'eval': {
      const body = { questions: questionsOf(words[0]) };
      return table(await call<Evaluation>(connection, { path: path('eval'), body, withinMs: EVAL_WITHIN_MS }));
    }
    default:
      throw new UsedWrongly(verb === undefined ? 'What shall it do?' : `There is no "${verb}"`);
  }
}

function parsedWords(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { connection: { type: 'string' }, limit: { type: 'string', default: '5' }, json: { type: 'boolean', default: false } },
    });
  } catch (error) {
    throw new UsedWrongly((error as Error).message);
  }
}

function connectionOf(path: string | undefined): Connection {
  if (path === undefined) throw new UsedWrongly('Where is the connection file?');
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  if (mode === undefined)
    throw new Error('No documents are connected: the connection file is not there. Connect the agent again in Clawmoor');
  if (mode & 0o077) throw new Error('The connection file may be read by others; it is not used. Set its mode to 600');
  const parsed = z.safeParse(Connection, JSON.parse(readFileSync(path, 'utf8')));
  if (!parsed.success) throw new Error('The connection file is not whole. Connect the agent again in Clawmoor');
  return parsed.data;
}

function questionsOf(path: string | undefined): unknown[] {
  if (path === undefined) throw new UsedWrongly('Which questions?');
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as unknown);
}

function table({ questions, current, best, weights }: Evaluation): string {
  const rows = weights.map(({ weight, ndcg10, recall10, mrr10 }) => {
    const mark = weight === best ? ' best' : weight === current ? ' now' : '';
    return `${weight.toFixed(1)}     ${ndcg10.toFixed(4)}   ${recall10.toFixed(4)}     ${mrr10.toFixed(4)}${mark}`;
  });
  return [`${questions} questions; the weight is ${current} now, ${best} finds best.`, 'weight  nDCG@10  recall@10  MRR@10', ...rows].join(
    '\n',
  );
}
