import { accessRoutes } from './access.ts';
import { authRoutes } from './auth.ts';
import { deviceRoutes } from './device.ts';
import { adminRoutes } from './admin.ts';
import { auditRoutes } from './audit.ts';
import { backupRoutes } from './backups.ts';
import { healthRoutes } from './health.ts';
import { incidentRoutes } from './incidents.ts';
import { invitationRoutes } from './invitations.ts';
import { meRoutes } from './me.ts';
import { dashboardRoutes } from './dashboard.ts';
import { monitoringRoutes } from './monitoring.ts';
import { openclawConfigRoutes } from './openclaw-config.ts';
import { openclawBackupRoutes } from './openclaw-backups.ts';
import { openclawUpdateRoutes } from './openclaw-update.ts';
import { openclawDiagnosisRoutes } from './openclaw-diagnosis.ts';
import { ollamaRoutes } from './ollama.ts';
import { ragAgentRoutes } from './rag-agents.ts';
import { ragDocumentRoutes } from './rag-documents.ts';
import { ragRoutes } from './rag.ts';
import { approvalRoutes } from './approvals.ts';
import { budgetRoutes } from './budgets.ts';
import { killSwitchRoutes } from './kill-switch.ts';
import { cronRoutes } from './openclaw-cron.ts';
import { dailyRoutes } from './openclaw-daily.ts';
import { modelRoutes } from './openclaw-models.ts';
import { openclawRoutes } from './openclaw.ts';
import { agentRoutes } from './openclaw-agents.ts';
import { channelRoutes } from './openclaw-channels.ts';
import { chatRoutes } from './openclaw-chat.ts';
import { pluginRoutes } from './openclaw-plugins.ts';
import { sessionRoutes } from './openclaw-sessions.ts';
import { skillRoutes } from './openclaw-skills.ts';
import type { Route } from './route.ts';
import { serverRoutes } from './servers.ts';
import { setupRoutes } from './setup.ts';
import { taskRoutes } from './tasks.ts';
import { ticketRoutes } from './tickets.ts';
import { tokenRoutes } from './tokens.ts';
import { webhookRoutes } from './webhooks.ts';

/** Every operation of the API, by name. Their paths are below `/api`. */
export const api = {
  ...healthRoutes,
  ...authRoutes,
  ...deviceRoutes,
  ...meRoutes,
  ...tokenRoutes,
  ...serverRoutes,
  ...accessRoutes,
  ...invitationRoutes,
  ...setupRoutes,
  ...ragRoutes,
  ...ragAgentRoutes,
  ...ragDocumentRoutes,
  ...ollamaRoutes,
  ...openclawRoutes,
  ...agentRoutes,
  ...sessionRoutes,
  ...chatRoutes,
  ...skillRoutes,
  ...pluginRoutes,
  ...channelRoutes,
  ...openclawConfigRoutes,
  ...openclawBackupRoutes,
  ...openclawUpdateRoutes,
  ...openclawDiagnosisRoutes,
  ...dashboardRoutes,
  ...cronRoutes,
  ...dailyRoutes,
  ...modelRoutes,
  ...budgetRoutes,
  ...approvalRoutes,
  ...killSwitchRoutes,
  ...monitoringRoutes,
  ...incidentRoutes,
  ...taskRoutes,
  ...ticketRoutes,
  ...auditRoutes,
  ...backupRoutes,
  ...adminRoutes,
  ...webhookRoutes,
} satisfies Record<string, Route>;

export type Api = typeof api;
