import type { Generated, Kysely } from 'kysely';
import type { MonitoringTables } from './tables-monitoring.ts';
import type { NoticeTables } from './tables-notices.ts';
import type { RagTables } from './tables-rag.ts';

/** The database as Kysely sees it; the migrations say the same in SQL. Times are milliseconds since the epoch. */
export interface Tables extends MonitoringTables, NoticeTables, RagTables {
  setting: { key: string; value: string };
  user: {
    id: string;
    first_name: string;
    last_name: string | null;
    username: string | null;
    language_code: string | null;
    allows_write_to_pm: Generated<number>;
    created_at: number;
    last_seen_at: number;
  };
  session: {
    id: string;
    user_id: string;
    created_at: number;
    last_used_at: number;
    revoked_at: number | null;
    user_agent: string | null;
    ip: string | null;
  };
  server: {
    id: string;
    name: string;
    kind: Generated<'ssh' | 'trial'>;
    host: string;
    port: number;
    username: string;
    auth_method: 'password' | 'key' | 'generated';
    public_key: string | null;
    tags: string;
    jump_host: string | null;
    jump_port: number | null;
    jump_username: string | null;
    state: Generated<'unknown' | 'online' | 'reachable' | 'offline' | 'auth_failed' | 'key_changed'>;
    state_at: number | null;
    created_at: number;
    updated_at: number;
  };
  server_secret: { server_id: string; name: SecretName; envelope: string };
  host_key: {
    server_id: string;
    hop: 'server' | 'jump';
    standing: 'seen' | 'pinned';
    type: string;
    sha256: string;
    key: string;
    at: number;
    by_user: string | null;
  };
  member: {
    server_id: string;
    user_id: string;
    role: 'viewer' | 'admin' | 'owner';
    granted_by: string | null;
    granted_at: number;
    expires_at: number | null;
  };
  audit: {
    id: Generated<number>;
    at: number;
    actor_id: string | null;
    actor_name: string | null;
    action: string;
    server_id: string | null;
    target: string | null;
    result: string;
    before: string | null;
    after: string | null;
    ip: string | null;
    request_id: string | null;
    previous_hash: string;
    hash: string;
  };
  task: {
    id: string;
    server_id: string;
    lane: string;
    type: string;
    input: string;
    secrets: string | null;
    secret_names: Generated<string>;
    state: Generated<'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'interrupted'>;
    cancel_asked_at: number | null;
    lease_until: number | null;
    generation: Generated<number>;
    interruptions: Generated<number>;
    error: string | null;
    created_by: string;
    idempotency_key: string | null;
    retry_of: string | null;
    created_at: number;
    started_at: number | null;
    finished_at: number | null;
    last_seq: Generated<number>;
    request_id: string | null;
  };
  task_step: {
    task_id: string;
    position: number;
    key: string;
    title: string;
    state: Generated<'waiting' | 'running' | 'reconnecting' | 'succeeded' | 'skipped' | 'failed' | 'cancelled' | 'interrupted'>;
    started_at: number | null;
    finished_at: number | null;
    error: string | null;
    percent: Generated<number | null>;
  };
  task_run: { task_id: string; name: string; step: string; offset: Generated<number>; exit_code: number | null };
  task_event: {
    task_id: string;
    seq: number;
    at: number;
    kind: 'log' | 'task' | 'step';
    step: Generated<string>;
    text: string;
  };
  invitation: {
    id: string;
    server_id: string;
    role: 'viewer' | 'admin';
    access_expires_at: number | null;
    for_user_id: string | null;
    code_hash: string;
    created_by: string;
    created_at: number;
    expires_at: number;
    used_at: number | null;
    used_by: string | null;
    revoked_at: number | null;
  };
  ownership_offer: { server_id: string; from_user_id: string; to_user_id: string; offered_at: number; expires_at: number };
  step_up: { code_hash: string; session_id: string; expires_at: number };
  personal_token: {
    id: string;
    user_id: string;
    name: string;
    scope: 'read' | 'write' | 'admin';
    hash: string;
    created_at: number;
    expires_at: number;
    last_used_at: number | null;
  };
  device_login: {
    user_code: string;
    device_code_hash: string;
    state: Generated<'pending' | 'approved' | 'denied'>;
    user_agent: string | null;
    ip: string | null;
    user_id: string | null;
    scope: 'read' | 'write' | 'admin' | null;
    created_at: number;
    expires_at: number;
    polled_at: number | null;
  };
  preference: { user_id: string; notifications: string; updated_at: number };
  audit_floor: { one: 1; audit_id: number; hash: string; at: number; moved_at: number };
  backup: {
    filename: string;
    created_at: number;
    reason: 'schedule' | 'person';
    size: number;
    sha256: string;
    encrypted: 0 | 1;
    schema: string;
    counts: string;
    took_ms: number;
    uploaded_at: number | null;
    upload_error: string | null;
  };
  rehearsal: { id: Generated<number>; at: number; filename: string; ok: 0 | 1; message: string; took_ms: number };
  ticket: { hash: string; user_id: string; session_id: string; path: string; expires_at: number };
  config_change: {
    id: string;
    server_id: string;
    at: number;
    by_user: string;
    changes: string;
    restarts: Generated<number>;
    boot_id: string | null;
    state: 'pending' | 'applied' | 'watched' | 'restored' | 'restore_failed' | 'undone';
    undoes: string | null;
  };
  approval_watch: { server_id: string; by_user: string; at: number };
  budget: {
    id: string;
    server_id: string;
    agent_id: string | null;
    period: 'day' | 'month';
    limit_usd: number;
    policy: 'warn' | 'stop_schedules' | 'cheaper_model' | 'stop_channels';
    cheaper_model: string | null;
    created_by: string;
    created_at: number;
    since: string;
    spent_usd: number | null;
    reached: number;
    checked_at: number | null;
    problem: string | null;
    held: string;
    overridden: number;
  };
  kill_switch: {
    server_id: string;
    state: 'stopping' | 'stopped' | 'resuming';
    mode: 'pause' | 'service';
    by_name: string;
    at: number;
    held: string;
    sessions: string;
    service: string | null;
  };
  rollout: {
    id: string;
    version: string;
    at_once: number;
    created_by: string;
    created_at: number;
    state: 'running' | 'succeeded' | 'stopped';
    finished_at: number | null;
  };
  rollout_server: {
    rollout_id: string;
    server_id: string;
    position: number;
    state: 'waiting' | 'running' | 'succeeded' | 'failed' | 'skipped';
    task_id: string | null;
    code: string | null;
    message: string | null;
  };
}

export type SecretName =
  | 'password'
  | 'private_key'
  | 'passphrase'
  | 'sudo_password'
  | 'jump_password'
  | 'jump_private_key'
  | 'jump_passphrase';

export type Database = Kysely<Tables>;
