import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface ModelServer {
  port: number;
  /** Everything that the model was shown with the last question, as JSON. */
  lastPrompt: () => string;
  [Symbol.asyncDispose]: () => Promise<void>;
}

const A_WORD_SLOWLY_MS = 250;

interface Message {
  role: string;
  content: unknown;
}

const textOf = (content: unknown): string =>
  typeof content === 'string' ? content : Array.isArray(content) ? content.map((part: { text?: string }) => part.text ?? '').join('') : '';

// OpenClaw puts notes of its own around what the person said.
const NOTES = /<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT>>>[\s\S]*?<<<END_OPENCLAW_INTERNAL_CONTEXT>>>|^Runtime: .*$/gm;
const said = (content: unknown): string => textOf(content).replace(NOTES, '').trim();

/** What a model answers that wants OpenClaw to use a tool. */
const toolCall = (name: string, args: object) => ({
  id: 'call_1',
  type: 'function',
  function: { name, arguments: JSON.stringify(args) },
});

/** What is asked for in words. */
function wantedCall(heard: string, tools: string) {
  const command = /^.*\brun the command: (.+)$/m.exec(heard)?.[1];
  if (command !== undefined) return toolCall('exec', { command });
  const query = /^.*\bsearch your documents for: (.+)$/m.exec(heard)?.[1];
  if (query === undefined) return undefined;
  // Where OpenClaw keeps the schemas of most tools back, they are called through one that it shows.
  const direct = tools.includes('"name":"knowledge_search"');
  return direct ? toolCall('knowledge_search', { query }) : toolCall('tool_call', { id: 'knowledge_search', args: { query } });
}

/**
 * A model that says what it heard: OpenAI's chat completions, whole and streamed, the same answer to the same question. To
 * “run the command: …” it answers with a call of the tool `exec`, to “search your documents for: …” of `knowledge_search`, and goes on
 * when the tool has answered; where it hears “slowly”, it speaks so, and where it hears “never answers”, it does not.
 */
export async function startModelServer(): Promise<ModelServer> {
  let lastPrompt = '';
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    if (request.url?.endsWith('/models')) return json(response, { object: 'list', data: [{ id: 'test-model', object: 'model' }] });
    if (!request.url?.endsWith('/chat/completions')) return json(response, { error: { message: 'not here' } }, 404);
    const { messages = [], tools = [], stream = false, model = 'test-model' } = JSON.parse(Buffer.concat(chunks).toString() || '{}');
    const heard =
      (messages as Message[])
        .filter(({ role }) => role === 'user')
        .map(({ content }) => said(content))
        .findLast((text) => text !== '') ?? '';
    if (/\bnever answers\b/.test(heard)) return;
    lastPrompt = JSON.stringify(messages);
    const lastSaid = (messages as Message[]).findLastIndex(({ role, content }) => role === 'user' && said(content) !== '');
    const done = (messages as Message[]).slice(lastSaid).some(({ role }) => role === 'tool');
    const call = done ? undefined : wantedCall(heard, JSON.stringify(tools));
    const answer = `${model} heard: ${heard
      .split('\n')
      .at(-1)
      ?.replace(/^\[[^\]]*\]\s*/, '')}`;
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
    const base = { id: 'chat-1', created: 1, model };
    if (!stream)
      return json(response, {
        ...base,
        object: 'chat.completion',
        choices: [
          call
            ? { index: 0, finish_reason: 'tool_calls', message: { role: 'assistant', content: null, tool_calls: [call] } }
            : { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: answer } },
        ],
        usage,
      });
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const say = (delta: object, finish: string | null = null): void =>
      void response.write(
        `data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`,
      );
    say({ role: 'assistant' });
    if (call) say({ tool_calls: [{ index: 0, ...call }] });
    else
      for (const word of answer.match(/\S+\s*/g) ?? []) {
        if (response.destroyed) return;
        say({ content: word });
        if (/\bslowly\b/.test(heard)) await delay(A_WORD_SLOWLY_MS);
      }
    say({}, call ? 'tool_calls' : 'stop');
    response.write(`data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', choices: [], usage })}\n\n`);
    response.end('data: [DONE]\n\n');
  });
  // All addresses of this machine: a test host reaches it over its bridge.
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    lastPrompt: () => lastPrompt,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function json(response: ServerResponse, body: object, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
