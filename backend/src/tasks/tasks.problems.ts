import { CommandFailed } from '../lib/host.ts';
import { Problem } from '../lib/problem.ts';

export const taskNotFound = (): Problem => new Problem('task.not_found', 'There is no such task, or its server is not shared with you');

export const laneBusy = (taskId: string, who: string): Problem =>
  new Problem('task.lane_busy', `Something is running on this server already, started by ${who}`, {
    fix: 'Wait for it to end, or stop it first.',
    taskId,
  });

export const alreadyEnded = (): Problem => new Problem('task.already_ended', 'This task has ended already');
export const notEnded = (): Problem =>
  new Problem('task.not_ended', 'This task has not failed: only one that failed, was stopped or was interrupted can be repeated');
export const keyReused = (): Problem =>
  new Problem('task.idempotency_key_reused', 'This Idempotency-Key was used for something else', {
    fix: 'Use a new key for a new request.',
  });

export const secretsNeeded = (names: string[]): Problem =>
  new Problem('task.secrets_needed', 'This needs its secrets again: they were wiped when the task ended', {
    fix: `Send ${names.join(', ')} once more.`,
    issues: names.map((name) => ({ path: `secrets.${name}`, message: 'is needed again' })),
  });

export const ineffective = (title: string): Problem =>
  new Problem('task.step_ineffective', `“${title}” ran to its end, but did not take effect`, { fix: 'Look at the log, then retry.' });

export const interrupted = (): Problem =>
  new Problem('task.interrupted', 'Clawmoor was restarted several times during this step without getting on', {
    fix: 'Retry; what is done already is skipped.',
  });

export const runLost = (): Problem =>
  new Problem('task.run_lost', 'The command on the server vanished without a result', {
    fix: 'The server may have been restarted, or have run out of memory. Retry.',
  });

export const deadlinePassed = (minutes: number): Problem =>
  new Problem('task.deadline', `This step took longer than ${minutes} minutes and was stopped`, {
    fix: 'Look at the log for where it hangs, then retry.',
  });

export const cancelUnconfirmed = (): Problem =>
  new Problem('task.cancel_unconfirmed', 'Stopped here, but the server did not confirm that its command has ended', {
    fix: 'It may still be running there. Test the connection of the server.',
  });

export interface TaskFailure {
  code: string;
  message: string;
  fix?: string;
}

/** What a person is told of a failure; `undefined` for a bug, whose details are for the log alone. */
export function failureOf(error: unknown): TaskFailure | undefined {
  if (error instanceof Problem) return { code: error.code, message: error.message, ...(error.fix !== undefined && { fix: error.fix }) };
  if (error instanceof CommandFailed)
    return { code: 'ssh.command_failed', message: error.message.slice(0, 500), fix: 'The log shows what the command said.' };
  return undefined;
}

export const unexpectedFailure: TaskFailure = {
  code: 'internal.unexpected',
  message: 'Something went wrong on our side',
  fix: 'Retry; if it stays, send the id of the task to the operator.',
};
