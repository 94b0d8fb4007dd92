import { Problem } from '../../lib/problem.ts';

export const changedMeanwhile = (): Problem =>
  new Problem('config.changed_meanwhile', 'The configuration was changed by somebody else in the meantime', {
    fix: 'Look at it again, and repeat your change.',
  });

export const configInvalid = (issues: { path: string; message: string }[]): Problem =>
  new Problem('config.invalid', 'The gateway does not accept this configuration; nothing was changed', {
    fix: 'Correct what is named, and save again.',
    issues,
  });

export const pathUnknown = (path: string): Problem =>
  new Problem('config.path_unknown', `This version of OpenClaw has no setting ${path}`, { fix: 'Check the spelling of the path.' });

export const exposed = (): Problem =>
  new Problem('setup.exposed_bind', 'The gateway would be reachable from other machines', {
    fix: 'Confirm that you want this, or keep the bind on loopback: Clawmoor reaches it through SSH.',
  });

export const changeNotFound = (): Problem => new Problem('config.change_not_found', 'There is no such change on this server');

export const notUndoable = (): Problem =>
  new Problem('config.not_undoable', 'This change cannot be taken back: it is undone already, or it holds a secret, which is never kept', {
    fix: 'Set the value again by hand.',
  });

export const badConfig = (): Problem =>
  new Problem('gateway.bad_answer', 'The gateway answered a configuration that cannot be understood', {
    fix: 'Update OpenClaw, or Clawmoor.',
  });

export const configRestored = (why: string): Problem =>
  new Problem('config.restored', `The gateway did not come back with the new configuration, so the last one is in place again${why}`, {
    fix: 'Change something else, or look at why it did not start.',
  });

export const restoreFailed = (why: string): Problem =>
  new Problem('config.restore_failed', `The last configuration was put back, but the gateway does not answer${why}`, {
    fix: 'Restart the gateway; if it stays down, look at the diagnosis.',
  });

export const copyMissing = (): Problem =>
  new Problem('config.restore_failed', 'The gateway did not come back, and the copy of its last configuration is gone from the server', {
    fix: 'Look at ~/.openclaw/openclaw.json.bak on the server, which OpenClaw itself keeps.',
  });

export const underWay = (taskId: string): Problem =>
  new Problem('task.lane_busy', 'Something that restarts the gateway is running on this server already', {
    fix: 'Wait for it to end, or stop it first.',
    taskId,
  });
