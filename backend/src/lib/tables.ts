import type { Generated, Kysely } from 'kysely';

/** The database as Kysely sees it; the migrations say the same in SQL. Times are milliseconds since the epoch. */
export interface Tables {
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
  ticket: { hash: string; user_id: string; session_id: string; path: string; expires_at: number };
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
