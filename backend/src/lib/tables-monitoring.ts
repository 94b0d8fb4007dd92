import type { NoticeKind, Severity } from '@clawmoor/shared/notice.ts';
import type { Generated } from 'kysely';

/** What watches servers, and what came of it. */
export interface MonitoringTables {
  monitoring: {
    series: Generated<number>;
    server_id: string;
    enabled: Generated<0 | 1>;
    rules: Generated<string>;
    counters: string | null;
  };
  sample: { series: number; step: 1 | 10 | 60; minute: number } & SampleColumns;
  incident: {
    id: string;
    server_id: string | null;
    kind: NoticeKind;
    about: string;
    severity: Severity;
    state: 'open' | 'resolved';
    stage: string;
    facts: string;
    opened_at: number;
    changed_at: number;
    resolved_at: number | null;
    returned: Generated<number>;
    acknowledged_at: number | null;
    acknowledged_by: string | null;
  };
  incident_event: {
    incident_id: string;
    seq: Generated<number>;
    at: number;
    what: 'opened' | 'changed' | 'returned' | 'resolved' | 'acknowledged';
    severity: Severity;
    who: string | null;
    facts: string;
  };
  notice_pending: { seq: Generated<number>; notice: string };
}

/** Tenths: a load of 1.25 is 13, 97.3 percent are 973. The maxima stand in steps of more than a minute only. */
export interface SampleColumns {
  load: number | null;
  cpu: number | null;
  memory: number | null;
  swap: number | null;
  disk: number | null;
  inodes: number | null;
  gateway: number | null;
  load_max: number | null;
  cpu_max: number | null;
  memory_max: number | null;
  swap_max: number | null;
  disk_max: number | null;
  inodes_max: number | null;
}
