// The text of a link is a stranger's, even when Telegram signed it: it may name a screen, and nothing else.
const LINK = /^(srv|task)_((?:srv|tsk)_[A-Za-z0-9_-]{20})$/;

/**
 * The path that a `startapp` parameter opens: `srv_srv_…` a server, `task_tsk_…` a task, `inv_…` an invitation, `dev_…` the
 * sign-in of a command line; `undefined` for anything else.
 */
export function screenOf(parameter: string | undefined): string | undefined {
  const [, kind, id] = LINK.exec(parameter ?? '') ?? [];
  if (kind === 'srv' && id?.startsWith('srv_')) return `/servers/${id}`;
  if (kind === 'task' && id?.startsWith('tsk_')) return `/tasks/${id}`;
  // Their screens take the code from the launch itself: it must not stand in an address.
  if (/^inv_[\w-]{16,64}$/.test(parameter ?? '')) return '/invitation';
  if (/^dev_[A-Z]{8}$/.test(parameter ?? '')) return '/device';
  return undefined;
}
