// The text of a link is a stranger's, even when Telegram signed it: it may name a screen, and nothing else.
const LINK = /^(srv|task)_((?:srv|tsk)_[A-Za-z0-9_-]{20})$/;

/** The path that a `startapp` parameter opens: `srv_srv_…` a server, `task_tsk_…` a task; `undefined` for anything else. */
export function screenOf(parameter: string | undefined): string | undefined {
  const [, kind, id] = LINK.exec(parameter ?? '') ?? [];
  if (kind === 'srv' && id?.startsWith('srv_')) return `/servers/${id}`;
  if (kind === 'task' && id?.startsWith('tsk_')) return `/tasks/${id}`;
  return undefined;
}
