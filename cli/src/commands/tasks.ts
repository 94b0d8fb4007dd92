import { serverRoutes } from '@clawmoor/shared/servers.ts';
import { taskRoutes, type Task } from '@clawmoor/shared/tasks.ts';
import { command, type Context } from '../command.ts';
import { readNumber } from '../args.ts';
import { usage } from '../exit.ts';
import { serverId } from '../session/server-name.ts';
import { followTask } from '../tasks/follow.ts';
import { createStepLines } from '../tasks/step-lines.ts';
import { FOLLOW_OPTIONS, readGiveUp, submit } from '../tasks/submit.ts';
import { plain } from '../terminal/plain.ts';
import { localTime } from '../terminal/time.ts';

const PAGE = 1_000;

export const tasks = command({
  name: 'tasks',
  words: ['[SERVER]'],
  summary: 'What was done and what runs now, newest first',
  details: 'With --follow it shows the steps of one task until it ends. Ctrl-C leaves the task running.',
  examples: ['clawmoor tasks harbour', 'clawmoor tasks --follow tsk_…'],
  options: {
    ...FOLLOW_OPTIONS,
    follow: { type: 'string', value: 'TASK', names: 'task', summary: 'show the steps of this task until it ends' },
    limit: { type: 'string', value: 'COUNT', summary: 'at most so many (20)' },
    cursor: { type: 'string', value: 'CURSOR', summary: 'go on where a list ended' },
  },
  async run(context, { words, values }) {
    const { sessions, out } = context;
    const limit = readNumber('limit', values.limit, { least: 1, most: 100 }) ?? 20;
    const session = sessions.open();
    if (values.follow !== undefined) {
      if (words.SERVER !== undefined) throw usage('--follow names the task; a server is one word too many');
      return followTask(context, session, { id: values.follow, log: values.log ?? false, giveUpSeconds: readGiveUp(values) });
    }
    const id = words.SERVER === undefined ? undefined : await serverId(session, words.SERVER);
    const query = { limit, ...(id !== undefined && { serverId: id }), ...(values.cursor !== undefined && { cursor: values.cursor }) };
    const [answer, { servers }] = await Promise.all([
      session.call(taskRoutes.listTasks, query),
      session.call(serverRoutes.listServers, {}),
    ]);
    const names = new Map(servers.map((server) => [server.id, server.name]));
    out.answer(answer, () => {
      out.table(
        ['TASK', 'STATE', 'WHAT', 'SERVER', 'BEGUN', 'BY'],
        answer.tasks.map((task) => [
          task.id,
          stateOf(task),
          task.type,
          names.get(task.serverId) ?? task.serverId,
          localTime(task.createdAt),
          task.createdBy.firstName,
        ]),
        'Nothing was done yet.',
      );
      if (answer.nextCursor !== null) out.note(`There are more: --cursor ${plain(answer.nextCursor)}`);
    });
  },
});

const stateOf = ({ state, progress: { done, total } }: Task): string => (state === 'running' ? `running ${done}/${total}` : state);

export const tasksShow = command({
  name: 'tasks show',
  words: ['TASK'],
  summary: 'One task with its steps',
  options: {},
  async run({ sessions, out }, { words }) {
    const task = await sessions.open().call(taskRoutes.readTask, { id: words.TASK });
    out.answer(task, () => {
      out.say(
        `${out.style('bold', plain(task.type))} ${stateOf(task)}, begun ${localTime(task.createdAt)} by ${plain(task.createdBy.firstName)}`,
      );
      createStepLines(out)(task);
      if (task.error) out.say(`${plain(task.error.message)}\n  ${plain(task.error.fix ?? '')}`.trimEnd());
    });
    out.clear();
  },
});

export const tasksLog = command({
  name: 'tasks log',
  words: ['TASK'],
  summary: 'Every line that a task has written',
  details: 'With --json: one object per line.',
  options: {},
  async run({ sessions, out, signal }, { words }) {
    const session = sessions.open();
    for (let after = 0, more = true; more;) {
      const { lines, nextAfter } = await session.call(taskRoutes.readTaskLog, { id: words.TASK, after, limit: PAGE });
      for (const line of lines) {
        out.event(line);
        out.say(plain(line.text));
      }
      signal.throwIfAborted();
      after = nextAfter;
      more = lines.length === PAGE;
    }
  },
});

export const tasksCancel = command({
  name: 'tasks cancel',
  words: ['TASK'],
  summary: 'Stop a task: its command on the server is ended, earlier steps stay',
  options: {},
  async run({ sessions, out }, { words }) {
    const task = await sessions.open().call(taskRoutes.cancelTask, { id: words.TASK, body: {} });
    out.answer(task, () => {
      out.say(task.state === 'cancelled' ? 'It is stopped.' : 'It is being stopped.');
      if (task.state !== 'cancelled') out.say(`See it end: clawmoor tasks --follow ${task.id}`);
    });
  },
});

export const tasksRetry = command({
  name: 'tasks retry',
  words: ['TASK'],
  summary: 'Repeat a task that has ended; what is so already is skipped',
  details: 'Secrets are not kept when a task ends: they are asked for at the terminal, or read from stdin as a JSON object.',
  options: {
    ...FOLLOW_OPTIONS,
    'secrets-stdin': { type: 'boolean', summary: 'read the secrets from stdin: {"name": "value"}' },
  },
  async run(context, { words, values }) {
    const session = context.sessions.open();
    const { secretsNeeded } = await session.call(taskRoutes.readTask, { id: words.TASK });
    const secrets = await readSecrets(context, secretsNeeded, values['secrets-stdin'] ?? false);
    await submit(context, {
      session,
      values,
      send: (headers) => session.call(taskRoutes.retryTask, { id: words.TASK, body: { secrets } }, { headers }),
    });
  },
});

async function readSecrets({ ask }: Context, needed: readonly string[], fromStdin: boolean): Promise<Record<string, string>> {
  if (fromStdin) return readObject(await ask.stdin('The object of secrets'));
  const secrets: Record<string, string> = {};
  if (needed.length > 0 && !ask.isTTY) throw usage(`This task needs again: ${needed.join(', ')}`, 'Pipe them in with --secrets-stdin');
  for (const name of needed) secrets[name] = await ask.line(`${plain(name)} (it is not shown): `, { secret: true });
  return secrets;
}

function readObject(text: string): Record<string, string> {
  const wrong = usage('What stdin holds is not a JSON object of texts', 'For example: {"apiKey": "…"}');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong;
  const entries = Object.entries(value).map(([name, each]): [string, string] => {
    if (typeof each !== 'string') throw wrong;
    return [name, each];
  });
  return Object.fromEntries(entries);
}
