import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ApiError } from '@clawmoor/shared/client.ts';
import type { Context, Options } from '../command.ts';
import { readNumber } from '../args.ts';
import type { Session } from '../session/sessions.ts';
import { followTask } from './follow.ts';

const SECOND_TRY_AFTER_MS = 1_000;

/** The options of everything that starts a task. */
export const FOLLOW_OPTIONS = {
  follow: { type: 'boolean', summary: 'show its steps until it ends' },
  log: { type: 'boolean', summary: 'with --follow: also every line that the server writes' },
  'give-up': { type: 'string', value: 'SECONDS', summary: 'with --follow: end with code 7 without a connection for so long (120)' },
} as const satisfies Options;

export interface FollowValues {
  follow?: boolean;
  log?: boolean;
  'give-up'?: string;
}

export const readGiveUp = (values: { 'give-up'?: string }): number | undefined =>
  readNumber('give-up', values['give-up'], { least: 1, most: 86_400 });

export interface Submitting {
  session: Session;
  values: FollowValues;
  /** Sends it; the key makes a second send the same as the first. */
  send: (headers: { 'idempotency-key': string }) => Promise<{ taskId: string }>;
}

/** Starts a task, once also when its first answer is lost on the way, and follows it where that is wished. */
export async function submit(context: Context, { session, values, send }: Submitting): Promise<void> {
  const giveUpSeconds = readGiveUp(values);
  const headers = { 'idempotency-key': randomUUID() };
  const { taskId } = await send(headers).catch(async (error: unknown) => {
    if (!(error instanceof ApiError) || error.status !== 0) throw error;
    await delay(SECOND_TRY_AFTER_MS, undefined, { signal: context.signal });
    return send(headers);
  });
  if (values.follow) return followTask(context, session, { id: taskId, log: values.log ?? false, giveUpSeconds });
  context.out.answer({ taskId }, () => {
    context.out.say(`Started ${taskId}`);
    context.out.say(`Follow it: clawmoor tasks --follow ${taskId}`);
  });
}
