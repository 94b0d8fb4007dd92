import * as z from 'zod/mini';
import type { LogLine } from '@clawmoor/shared/openclaw-daily.ts';
import { redact, visible } from './hostile-text.ts';

const MOST_TEXT = 2_000;
// Work on what will be shown, not on a megabyte of it. A key that is cut in two at the end of this is cut off with the rest.
const MOST_READ = 8_000;

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
const Line = z.looseObject({
  time: z.optional(z.string()),
  message: z.optional(z.unknown()),
  '0': z.optional(z.unknown()),
  _meta: z.optional(z.looseObject({ logLevelName: z.optional(z.string()), name: z.optional(z.string()) })),
});

/** One line of the gateway's log, or of its service's, as people read it: no secrets, no control characters. */
export function readLogLine(text: string): LogLine {
  const line = Line.safeParse(parseJson(text));
  if (!line.success) return plainLine(text);
  const { time, message, _meta: meta, '0': first } = line.data;
  return {
    at: timeOf(time),
    level: levelOf(meta?.logLevelName),
    subsystem: subsystemOf(meta?.name) ?? subsystemOf(first),
    message: safe(typeof message === 'string' ? message : typeof first === 'string' ? first : text),
  };
}

/** `2026-11-24T20:13:46.299+00:00 [gateway] something`, as systemd and the log of a service keep it. */
function plainLine(text: string): LogLine {
  // oxlint-disable-next-line no-control-regex -- colours of a terminal
  const plain = text.slice(0, MOST_READ).replace(/\u001b\[[\d;]*m/g, '');
  const [, time, rest = ''] = /^(\d{4}-\d\d-\d\dT[\d:.,]+(?:Z|[+-]\d\d:?\d\d))\s+(.*)$/s.exec(plain) ?? [undefined, undefined, plain];
  const [, subsystem] = /^(?:\S+ \S+\[\d+\]: )?(?:\S+ )?\[([\w/.:-]{1,64})\]/.exec(rest) ?? [];
  const [, level] = /\b(trace|debug|info|warn|error|fatal)\b/i.exec(rest.slice(0, 80)) ?? [];
  return { at: timeOf(time), level: levelOf(level), subsystem: subsystem ?? null, message: safe(rest) };
}

const safe = (text: string): string => visible(redact(text.slice(0, MOST_READ)), { lines: true }).slice(0, MOST_TEXT);

const levelOf = (name: string | undefined): LogLine['level'] => LEVELS.find((level) => level === name?.toLowerCase()) ?? 'unknown';

/** The logger's name is itself JSON: `{"subsystem":"gateway/ws"}` or `{"module":"cron",…}`. */
function subsystemOf(name: unknown): string | null {
  const { success, data } = z
    .looseObject({ subsystem: z.optional(z.string()), module: z.optional(z.string()) })
    .safeParse(typeof name === 'string' ? parseJson(name) : undefined);
  return (success && visible(data.subsystem ?? data.module ?? '').slice(0, 64)) || null;
}

function timeOf(text: string | undefined): string | null {
  const at = Date.parse(text?.replace(/([+-]\d\d)(\d\d)$/, '$1:$2') ?? '');
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
