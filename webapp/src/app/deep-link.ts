// The text of a link is a stranger's, even when Telegram signed it: it may name a screen, and nothing else.
const LINK = /^(?:(?:srv_)?(srv_[\w-]{20})|(?:task_)?(tsk_[\w-]{20})|(inc_[\w-]{20})|apr_(?:srv_[\w-]{20}_)?([\w-]{1,128}))$/;

/**
 * The path that a `startapp` parameter opens: `srv_…` a server, `tsk_…` a task, `inc_…` an incident, `apr_…` an approval, `inv_…` an
 * invitation, `dev_…` the sign-in of a command line; `undefined` for anything else.
 */
export function screenOf(parameter: string | undefined): string | undefined {
  // Their screens take the code from the launch itself: it must not stand in an address.
  if (/^inv_[\w-]{16,64}$/.test(parameter ?? '')) return '/invitation';
  if (/^dev_[A-Z]{8}$/.test(parameter ?? '')) return '/device';
  const [, server, task, incident, approval] = LINK.exec(parameter ?? '') ?? [];
  if (server !== undefined) return `/servers/${server}`;
  if (task !== undefined) return `/tasks/${task}`;
  if (incident !== undefined) return `/incidents/${incident}`;
  return approval === undefined ? undefined : `/approvals/${approval}`;
}
