import type { RagVia } from '@clawmoor/shared/rag-agents.ts';
import type { Generated } from 'kysely';

/** Of document search. */
export interface RagTables {
  /** `token` is sealed. */
  rag_service: { server_id: string; token: string; port: number; installed_at: number };
  /** An agent that has, or is being given, the tool of its documents. `allows`: names that were added to lists of the gateway's configuration, JSON. */
  rag_skill: {
    server_id: string;
    agent_id: string;
    skill_file: string;
    skill_sha256: string;
    allows: Generated<string>;
    via: Generated<RagVia>;
    enabled_at: number | null;
  };
}
