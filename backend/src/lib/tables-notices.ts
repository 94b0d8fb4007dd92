import type { Role } from '@clawmoor/shared/route.ts';
import type { Generated } from 'kysely';

/** What people and their other programs are told, and how far it has got. */
export interface NoticeTables {
  outbox: {
    id: Generated<number>;
    user_id: string;
    subject: string;
    ring: Generated<0 | 1>;
    notice: string;
    is_summary: Generated<0 | 1>;
    state: 'waiting' | 'sending' | 'shown' | 'held' | 'dropped' | 'failed';
    why: string | null;
    message_id: number | null;
    summary_id: number | null;
    attempts: Generated<number>;
    unknown: Generated<number>;
    created_at: number;
    updated_at: number;
    shown_at: number | null;
  };
  bot_chat: {
    user_id: string;
    started_at: number | null;
    unreachable_since: number | null;
    unreachable_why: string | null;
    paused_until: Generated<number>;
  };
  bot_update: { update_id: number; at: number };
  escalation: { subject: string; server_id: string; step: Generated<number>; due_at: number };
  webhook: {
    id: string;
    server_id: string | null;
    url: string;
    kinds: string;
    secret: string;
    enabled: 0 | 1;
    disabled_why: string | null;
    failing_since: number | null;
    created_by: string;
    created_at: number;
  };
  webhook_delivery: {
    id: string;
    webhook_id: string;
    key: string;
    type: string;
    body: string;
    state: 'waiting' | 'delivered' | 'failed';
    attempts: Generated<number>;
    due_at: number;
    status: number | null;
    error: string | null;
    took_ms: number | null;
    created_at: number;
    tried_at: number | null;
    needs_role: Role | null;
  };
}
