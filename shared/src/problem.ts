import * as z from 'zod/mini';

/**
 * Every failure that a person may see: its stable code and its HTTP status. The sentence is written where the
 * failure is raised (`<noun>.problems.ts`), its translation in `webapp/src/words`.
 */
export const problemStatus = {
  // The request itself
  'request.invalid': 400,
  'request.malformed_json': 400,
  'request.too_large': 413,
  'request.unsupported_type': 415,
  'request.too_many': 429,
  'route.not_found': 404,
  'route.method_not_allowed': 405,
  'internal.unexpected': 500,
  'internal.busy': 503,
  'internal.stopping': 503,

  // Who is asking
  'auth.required': 401,
  'auth.token_invalid': 401,
  'auth.session_ended': 401,
  'auth.init_data_invalid': 401,
  'auth.init_data_expired': 401,
  'auth.not_registered': 403,
  'auth.role_too_low': 403,
  'auth.super_admin_only': 403,
  'auth.step_up_required': 403,
  'ticket.invalid': 401,
  'ticket.no_file': 400,

  // Servers
  'server.not_found': 404,
  'server.host_not_allowed': 400,
  'server.host_unresolvable': 400,
  'server.secret_required': 400,
  'server.key_unreadable': 400,
  'server.passphrase_required': 400,
  'server.passphrase_wrong': 400,
  'server.key_kind_unsupported': 400,
  'server.host_key_not_seen': 409,
  'server.host_key_pinned': 409,
  'server.limit_reached': 409,
  'server.changed_meanwhile': 409,
  'server.built_in': 409,

  // Reaching a server over SSH
  'ssh.unreachable': 502,
  'ssh.refused': 502,
  'ssh.timeout': 504,
  'ssh.no_banner': 502,
  'ssh.not_ssh': 502,
  'ssh.algorithms': 502,
  'ssh.host_key_unconfirmed': 409,
  'ssh.host_key_changed': 409,
  'ssh.auth_failed': 502,
  'ssh.session_failed': 502,
  'ssh.connection_lost': 502,
  'ssh.command_failed': 502,
  'ssh.command_silent': 504,
  'ssh.sftp_failed': 502,
  'ssh.forwarding_denied': 502,
  'ssh.sudo_missing': 502,
  'ssh.sudo_password_required': 502,
  'ssh.sudo_password_wrong': 502,
  'ssh.sudo_not_allowed': 502,
  'ssh.sudo_needs_terminal': 502,
  'ssh.disk_full': 502,

  // Tasks
  'task.not_found': 404,
  'task.lane_busy': 409,
  'task.already_ended': 409,
  'task.not_ended': 409,
  'task.secrets_needed': 400,
  'task.idempotency_key_reused': 409,
  'task.cancelled': 409,
  'task.cancel_unconfirmed': 504,
  'task.interrupted': 500,
  'task.run_lost': 502,
  'task.step_ineffective': 502,
  'task.deadline': 504,

  // Setup
  'setup.prereqs_blocked': 409,
  'setup.node_unavailable': 502,
  'setup.node_integrity': 502,
  'setup.node_missing': 409,
  'setup.arch_unsupported': 409,
  'setup.npm_failed': 502,
  'setup.engine_unsupported': 502,
  'setup.disk_full': 502,
  'setup.permission_denied': 502,
  'setup.out_of_memory': 502,
  'setup.no_network': 502,
  'setup.version_not_found': 502,
  'setup.openclaw_missing': 409,
  'setup.onboard_failed': 502,
  'setup.config_invalid': 502,
  'setup.exposed_bind': 400,
  'setup.port_taken': 409,
  'setup.service_failed': 502,
  'setup.linger_denied': 502,
  'setup.gateway_not_ready': 504,

  // OpenClaw's gateway
  'gateway.down': 502,
  'gateway.timeout': 504,
  'gateway.token_mismatch': 502,
  'gateway.not_set_up': 409,
  'gateway.incompatible': 502,
  'gateway.method_unknown': 502,
  'gateway.refused': 502,
  'gateway.busy': 503,
  'gateway.scope_missing': 502,
  'gateway.bad_answer': 502,
  'agent.exists': 409,
  'agent.not_found': 404,
} as const satisfies Record<string, number>;

export type ProblemCode = keyof typeof problemStatus;

/** The one shape of every error answer. `issues` only with 400; `taskId` with `task.lane_busy`. */
export const ProblemBody = z.object({
  error: z.string(),
  code: z.string(),
  requestId: z.string(),
  fix: z.optional(z.string()),
  issues: z.optional(z.array(z.object({ path: z.string(), message: z.string() }))),
  taskId: z.optional(z.string()),
});
export type ProblemBody = z.output<typeof ProblemBody>;
