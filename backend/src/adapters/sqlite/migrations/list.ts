import { start } from './0001-start.ts';
import { tickets } from './0002-tickets.ts';
import { access } from './0003-access.ts';
import { admin } from './0004-admin.ts';
import { openclawConfig } from './0006-openclaw-config.ts';
import { openclawDaily } from './0007-openclaw-daily.ts';
import { openclawRollouts } from './0008-openclaw-rollouts.ts';
import { monitoring } from './0009-monitoring.ts';
import { bot } from './0010-bot.ts';
import { rag } from './0011-rag.ts';
import { stepPercent } from './0012-step-percent.ts';
import { alerts } from './0013-alerts.ts';
import { ragVia } from './0015-rag-via.ts';

export interface Migration {
  name: string;
  sql: string;
}

/** In order; only ever append. A migration that has run anywhere is never edited: its checksum is stored. */
export const migrations: readonly Migration[] = [
  { name: '0001-start', sql: start },
  { name: '0002-tickets', sql: tickets },
  { name: '0003-access', sql: access },
  { name: '0004-admin', sql: admin },
  { name: '0006-openclaw-config', sql: openclawConfig },
  { name: '0007-openclaw-daily', sql: openclawDaily },
  { name: '0008-openclaw-rollouts', sql: openclawRollouts },
  { name: '0009-monitoring', sql: monitoring },
  { name: '0010-bot', sql: bot },
  { name: '0011-rag', sql: rag },
  { name: '0012-step-percent', sql: stepPercent },
  { name: '0013-alerts', sql: alerts },
  { name: '0015-rag-via', sql: ragVia },
];
