import { setupRoutes, type Prereqs, type Provider, type SetupRun } from '@clawmoor/shared/setup.ts';
import { command, type Context } from '../command.ts';
import { readNumber } from '../args.ts';
import { Ended, EXIT, usage } from '../exit.ts';
import { serverId } from '../session/server-name.ts';
import type { Output } from '../terminal/output.ts';
import { plain } from '../terminal/plain.ts';
import { FOLLOW_OPTIONS, submit } from '../tasks/submit.ts';

const KINDS = ['none', 'openai', 'anthropic', 'openai-compatible', 'ollama'] as const;

export const setup = command({
  name: 'setup',
  words: ['SERVER'],
  summary: 'Set OpenClaw up on a server, as one task',
  details:
    'Node.js, OpenClaw, configuration, service, first agent. What is there already is kept, so running it again repairs and goes on.\nThe key of a model is asked for at the terminal or read from stdin.',
  examples: [
    'clawmoor setup harbour --check',
    'clawmoor setup harbour --follow',
    'clawmoor setup harbour --provider anthropic --api-key-stdin --follow < key.txt',
  ],
  options: {
    ...FOLLOW_OPTIONS,
    check: { type: 'boolean', summary: 'only say what the machine has and lacks' },
    provider: { type: 'string', value: 'KIND', choices: KINDS, summary: 'the model that agents use, none unless told' },
    model: { type: 'string', value: 'MODEL', summary: 'its name' },
    'base-url': { type: 'string', value: 'URL', summary: 'where an openai-compatible model answers' },
    'api-key-stdin': { type: 'boolean', summary: 'read its key from stdin' },
    openclaw: { type: 'string', value: 'VERSION', summary: 'the version of OpenClaw, the newest unless told' },
    port: { type: 'string', value: 'PORT', summary: 'the port of the gateway on the server' },
    bind: {
      type: 'string',
      value: 'WHERE',
      choices: ['loopback', 'lan', 'tailnet', 'auto'],
      summary: 'who can reach the gateway, loopback unless told',
    },
    'confirm-exposed': { type: 'boolean', summary: 'a gateway that other machines can reach is meant' },
    'agent-name': { type: 'string', value: 'NAME', summary: 'the name of the first agent' },
    'agent-model': { type: 'string', value: 'MODEL', summary: 'the model of the first agent' },
  },
  async run(context, { words, values }) {
    const session = context.sessions.open();
    const port = readNumber('port', values.port, { least: 1, most: 65_535 });
    const kind = KINDS.find((each) => each === values.provider);
    checkWishes(values, kind);
    const id = await serverId(session, words.SERVER);
    if (values.check) return check(context, await session.call(setupRoutes.checkPrereqs, { id }));
    const body: SetupRun = {
      ...(values.openclaw !== undefined && { version: values.openclaw }),
      ...(port !== undefined && { port }),
      ...(values.bind !== undefined && { bind: values.bind as NonNullable<SetupRun['bind']> }), // one of its choices
      ...(values['confirm-exposed'] && { confirmExposed: true }),
      ...(kind !== undefined && { provider: await provider(context, kind, values) }),
      ...((values['agent-name'] !== undefined || values['agent-model'] !== undefined) && {
        agent: {
          ...(values['agent-name'] !== undefined && { name: values['agent-name'] }),
          ...(values['agent-model'] !== undefined && { model: values['agent-model'] }),
        },
      }),
    };
    await submit(context, { session, values, send: (headers) => session.call(setupRoutes.runSetup, { id, body }, { headers }) });
  },
});

interface ProviderValues {
  model?: string;
  'base-url'?: string;
  'api-key-stdin'?: boolean;
}

function checkWishes(values: ProviderValues, kind: Provider['kind'] | undefined): void {
  const wished = (['model', 'base-url', 'api-key-stdin'] as const).find((name) => values[name] !== undefined);
  if (kind === undefined && wished !== undefined) throw usage(`--${wished} needs --provider`);
  if (kind === 'openai-compatible' && (values['base-url'] === undefined || values.model === undefined))
    throw usage('--provider openai-compatible needs --base-url and --model');
  if (kind === 'ollama' && values.model === undefined) throw usage('--provider ollama needs --model');
}

async function provider({ ask }: Context, kind: Provider['kind'], values: ProviderValues): Promise<Provider> {
  const needsKey = kind === 'openai' || kind === 'anthropic';
  if (needsKey && !values['api-key-stdin'] && !ask.isTTY) throw usage(`The key of ${kind} is missing`, 'Pipe it in with --api-key-stdin');
  const apiKey = values['api-key-stdin']
    ? await ask.stdin('The key')
    : needsKey
      ? await ask.line(`Key of ${kind} (it is not shown): `, { secret: true })
      : undefined;
  return {
    kind,
    ...(values['base-url'] !== undefined && { baseUrl: values['base-url'] }),
    ...(values.model !== undefined && { model: values.model }),
    ...(apiKey !== undefined && { apiKey }),
  };
}

const MARKS = { pass: ['green', '✓'], warn: ['yellow', '!'], block: ['red', '✗'] } as const;

function check({ out }: Context, prereqs: Prereqs): void {
  out.answer(prereqs, () => showPrereqs(out, prereqs));
  if (prereqs.verdict === 'block') throw new Ended(EXIT.failed);
}

function showPrereqs({ say, style }: Output, { verdict, items }: Prereqs): void {
  for (const { verdict: each, message, fix } of items) {
    const [colour, mark] = MARKS[each];
    say(`${style(colour, mark)} ${plain(message)}`);
    if (fix !== undefined && each !== 'pass') say(`    ${plain(fix)}`);
  }
  say(verdict === 'block' ? 'OpenClaw cannot run here until that is mended.' : 'OpenClaw can be set up here.');
}
