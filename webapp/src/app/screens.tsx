import type { ComponentType } from 'react';
import { later, type LaterScreen } from './later.tsx';

/** What a path hands to its screen: `/servers/:id` → `{ id }`. */
type PathParams<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? { [Key in Name | keyof PathParams<`/${Rest}`>]: string }
  : Path extends `${string}:${infer Name}`
    ? { [Key in Name]: string }
    : object;

export interface ScreenEntry {
  path: string;
  /** Where "back" leads; its parameters are those of `path`. A screen whose parent depends on what it shows says so itself. */
  parent: string;
  View: LaterScreen<Record<string, string>>;
}

function screen<Path extends string>(path: Path, parent: string, load: () => Promise<ComponentType<PathParams<Path>>>): ScreenEntry {
  // The router hands over exactly the parameters that the path names.
  return { path, parent, View: later(load as () => Promise<ComponentType<Record<string, string>>>) };
}

/**
 * Every screen but the root, which comes with the app itself. A new one is a line here: path, parent, code. They are fetched
 * in this order while nothing else happens.
 */
export const SCREENS: readonly ScreenEntry[] = [
  screen('/servers/:id', '/', () => import('../features/servers/server-page.tsx').then((file) => file.ServerPage)),
  screen('/add', '/', () => import('../features/servers/add-server.tsx').then((file) => file.AddServer)),
  screen('/servers/:id/setup', '/servers/:id', () => import('../features/setup/setup.tsx').then((file) => file.Setup)),
  screen('/tasks/:id', '/', () => import('../features/tasks/task-page.tsx').then((file) => file.TaskPage)),
  screen('/servers/:id/connect', '/servers/:id', () => import('../features/servers/connect.tsx').then((file) => file.Connect)),
  screen('/servers/:id/agents', '/servers/:id', () => import('../features/openclaw/agents.tsx').then((file) => file.Agents)),
  screen('/servers/:id/agents/:agentId', '/servers/:id/agents', () =>
    import('../features/openclaw/agent-page.tsx').then((file) => file.AgentPage),
  ),
  screen('/servers/:id/agents/:agentId/copy', '/servers/:id/agents/:agentId', () =>
    import('../features/openclaw/copy-agent.tsx').then((file) => file.CopyAgent),
  ),
  screen('/servers/:id/import-agent', '/servers/:id/agents', () =>
    import('../features/openclaw/import-agent.tsx').then((file) => file.ImportAgent),
  ),
  screen('/servers/:id/agents/:agentId/chat', '/servers/:id/agents/:agentId', () =>
    import('../features/chat/chat.tsx').then((file) => file.Chat),
  ),
  screen('/servers/:id/agents/:agentId/chat/:sessionKey', '/servers/:id/sessions/:sessionKey', () =>
    import('../features/chat/chat.tsx').then((file) => file.Chat),
  ),
  screen('/servers/:id/agents/:agentId/files', '/servers/:id/agents/:agentId', () =>
    import('../features/openclaw/agent-files.tsx').then((file) => file.AgentFiles),
  ),
  screen('/servers/:id/agents/:agentId/files/:name', '/servers/:id/agents/:agentId/files', () =>
    import('../features/openclaw/agent-file.tsx').then((file) => file.AgentFile),
  ),
  screen('/servers/:id/agents/:agentId/sessions', '/servers/:id/agents/:agentId', () =>
    import('../features/sessions/sessions.tsx').then((file) => file.Sessions),
  ),
  screen('/servers/:id/sessions', '/servers/:id', () => import('../features/sessions/sessions.tsx').then((file) => file.Sessions)),
  screen('/servers/:id/sessions/:sessionKey', '/servers/:id/sessions', () =>
    import('../features/sessions/session-page.tsx').then((file) => file.SessionPage),
  ),
  screen('/servers/:id/skills', '/servers/:id', () => import('../features/skills/skills.tsx').then((file) => file.Skills)),
  screen('/servers/:id/logs', '/servers/:id', () => import('../features/openclaw/logs/logs.tsx').then((file) => file.Logs)),
  screen('/servers/:id/config', '/servers/:id', () => import('../features/openclaw/config/config.tsx').then((file) => file.Config)),
  screen('/servers/:id/config/:path', '/servers/:id/config', () =>
    import('../features/openclaw/config/config-part.tsx').then((file) => file.ConfigPart),
  ),
  screen('/servers/:id/config-history', '/servers/:id/config', () =>
    import('../features/openclaw/config/config-history.tsx').then((file) => file.ConfigHistory),
  ),
  screen('/servers/:id/diagnosis', '/servers/:id', () =>
    import('../features/openclaw/control/diagnosis.tsx').then((file) => file.Diagnosis),
  ),
  screen('/servers/:id/update', '/servers/:id', () => import('../features/openclaw/update/update.tsx').then((file) => file.Update)),
  screen('/servers/:id/stop', '/servers/:id', () => import('../features/openclaw/control/kill-server.tsx').then((file) => file.KillServer)),
  screen('/stop', '/', () => import('../features/openclaw/control/kill-all.tsx').then((file) => file.KillAll)),
  screen('/servers/:id/cron', '/servers/:id', () => import('../features/openclaw/cron/cron.tsx').then((file) => file.Cron)),
  screen('/servers/:id/cron/:jobId', '/servers/:id/cron', () => import('../features/openclaw/cron/job.tsx').then((file) => file.Job)),
  screen('/servers/:id/cron/:jobId/edit', '/servers/:id/cron', () =>
    import('../features/openclaw/cron/edit-job.tsx').then((file) => file.EditJob),
  ),
  screen('/servers/:id/new-job', '/servers/:id/cron', () => import('../features/openclaw/cron/edit-job.tsx').then((file) => file.NewJob)),
  screen('/servers/:id/channels', '/servers/:id', () => import('../features/openclaw/channels/channels.tsx').then((file) => file.Channels)),
  screen('/servers/:id/costs', '/servers/:id', () => import('../features/openclaw/costs/costs.tsx').then((file) => file.Costs)),
  screen('/servers/:id/new-budget', '/servers/:id/costs', () =>
    import('../features/openclaw/costs/edit-budget.tsx').then((file) => file.NewBudget),
  ),
  screen('/servers/:id/budgets/:budgetId', '/servers/:id/costs', () =>
    import('../features/openclaw/costs/edit-budget.tsx').then((file) => file.EditBudget),
  ),
  screen('/servers/:id/models', '/servers/:id', () => import('../features/openclaw/models/models.tsx').then((file) => file.Models)),
  screen('/servers/:id/devices', '/servers/:id', () => import('../features/openclaw/devices/devices.tsx').then((file) => file.DeviceList)),
  screen('/servers/:id/incidents', '/servers/:id', () => import('../features/incidents/incidents.tsx').then((file) => file.Incidents)),
  screen('/servers/:id/monitoring', '/servers/:id', () =>
    import('../features/monitoring/monitoring.tsx').then((file) => file.MonitoringScreen),
  ),
  screen('/servers/:id/webhooks', '/servers/:id', () => import('../features/webhooks/webhooks.tsx').then((file) => file.ServerWebhooks)),
  screen('/servers/:id/webhooks/:webhookId', '/servers/:id/webhooks', () =>
    import('../features/webhooks/webhook-page.tsx').then((file) => file.ServerWebhook),
  ),
  screen('/admin/webhooks', '/admin', () => import('../features/webhooks/webhooks.tsx').then((file) => file.InstallationWebhooks)),
  screen('/admin/webhooks/:hookId', '/admin/webhooks', () =>
    import('../features/webhooks/webhook-page.tsx').then((file) => file.InstallationWebhook),
  ),
  screen('/incidents/:id', '/', () => import('../features/incidents/incident-page.tsx').then((file) => file.IncidentPage)),
  screen('/servers/:id/history', '/servers/:id', () => import('../features/tasks/history.tsx').then((file) => file.History)),
  screen('/approvals', '/', () => import('../features/approvals/approvals.tsx').then((file) => file.Approvals)),
  screen('/approvals/:approvalId', '/', () => import('../features/approvals/approvals.tsx').then((file) => file.Approvals)),
  screen('/settings', '/', () => import('../features/settings/settings.tsx').then((file) => file.Settings)),
  screen('/servers/:id/access', '/servers/:id', () => import('../features/access/access.tsx').then((file) => file.Access)),
  screen('/servers/:id/access/invite', '/servers/:id/access', () => import('../features/access/invite.tsx').then((file) => file.Invite)),
  screen('/invitation', '/', () => import('../features/access/invitation.tsx').then((file) => file.InvitationScreen)),
  screen('/device', '/', () => import('../features/access/device.tsx').then((file) => file.DeviceScreen)),
  screen('/settings/notifications', '/settings', () => import('../features/settings/notifications.tsx').then((file) => file.Notifications)),
  screen('/settings/sessions', '/settings', () => import('../features/settings/my-sessions.tsx').then((file) => file.MySessions)),
  screen('/settings/tokens', '/settings', () => import('../features/settings/tokens.tsx').then((file) => file.Tokens)),
  screen('/servers/:id/audit', '/servers/:id', () => import('../features/audit/audit-screens.tsx').then((file) => file.ServerAudit)),
  screen('/admin', '/settings', () => import('../features/admin/admin.tsx').then((file) => file.Admin)),
  screen('/admin/backups', '/admin', () => import('../features/admin/own-backups.tsx').then((file) => file.OwnBackups)),
  screen('/admin/audit', '/admin', () => import('../features/audit/audit-screens.tsx').then((file) => file.WholeAudit)),
];

/** `/servers/:id` with `{ id: 'srv_1' }` → `/servers/srv_1`. */
export const fillPath = (path: string, params: Record<string, string>): string =>
  path.replace(/:(\w+)/g, (_whole, name: string) => encodeURIComponent(params[name] ?? ''));

/** Fetches every screen while nothing else happens, so that a tap opens it at once. */
export async function preloadScreens(): Promise<void> {
  for (const { View } of SCREENS) {
    await new Promise<void>((resolve) => (window.requestIdleCallback ?? setTimeout)(() => resolve()));
    // Without a network now: the screen asks again when it is opened.
    await View.load().catch(() => undefined);
  }
}
