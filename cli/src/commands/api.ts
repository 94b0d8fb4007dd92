import { createClient } from '@clawmoor/shared/client.ts';
import { route } from '@clawmoor/shared/route.ts';
import { command } from '../command.ts';
import { usage } from '../exit.ts';
import { INIT } from '../session/sessions.ts';
import { plain } from '../terminal/plain.ts';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

export const api = command({
  name: 'api',
  words: ['METHOD', 'PATH'],
  summary: 'Any operation of the API, as it is',
  details: 'PATH is below /api, its query included: docs/reference/operations.md lists them. The answer is printed as it comes.',
  examples: ['clawmoor api GET /servers', `echo '{"muted": true}' | clawmoor api PUT /me/notification-prefs --body-stdin`],
  options: { 'body-stdin': { type: 'boolean', summary: 'send the JSON on stdin; POST, PUT and PATCH send {} without it' } },
  async run({ sessions, out, ask, signal }, { words, values }) {
    const method = METHODS.find((each) => each === words.METHOD.toLowerCase());
    if (!method) throw usage(`${words.METHOD} is none of GET, POST, PUT, PATCH, DELETE`);
    if (!/^\/[^\s#]*$/.test(words.PATH)) throw usage(`${words.PATH} is not a path below /api`, 'It looks like /servers');
    const takesBody = method !== 'get' && method !== 'delete';
    const body = values['body-stdin'] ? readJson(await ask.stdin('The body')) : takesBody ? {} : undefined;
    const { address, token } = sessions.open();
    const client = createClient({ origin: address, token: async () => token, renew: async () => undefined, init: INIT });
    // The path stands as it was given: a colon in it names no part.
    const path = words.PATH.replaceAll(':', '%3A') as `/${string}`;
    const response = await client.send(
      route({ method, path, summary: '', access: 'user' }),
      { ...(body !== undefined && { body }) },
      { signal },
    );
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
    if (isJson) out.raw(JSON.parse(text));
    else if (text !== '') out.text(visibleLines(text));
  },
});

/** A file of lines (CSV, metrics) as it may reach a terminal. */
const visibleLines = (text: string): string => text.split('\n').map(plain).join('\n');

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw usage('What stdin holds is not JSON');
  }
}
