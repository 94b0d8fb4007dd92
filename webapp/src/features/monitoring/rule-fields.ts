import type { WatchedKind, WatchedRules } from '@clawmoor/shared/monitoring.ts';

const LOOKS = { least: 1, most: 60 };
const PERCENT = { least: 1, most: 100 };
const HOURS = { least: 1, most: 8_760 };

/** The numbers of each kind of trouble, as the API takes them; a kind without any is only switched. */
export const FIELDS: Record<WatchedKind, Partial<Record<FieldName, { least: number; most: number }>>> = {
  unreachable: { looks: LOOKS },
  gateway_down: { looks: LOOKS },
  crash_loop: { restarts: { least: 2, most: 100 } },
  disk: { warning: PERCENT, critical: PERCENT },
  memory: { percent: PERCENT, looks: LOOKS },
  out_of_memory: {},
  host_key: {},
  model_auth: { warningHours: HOURS, criticalHours: HOURS },
  cron: { failures: { least: 1, most: 100 } },
  stuck_session: { minutes: { least: 1, most: 10_080 } },
  budget: {},
  update: {},
  security_update: {},
  approval: {},
};

export type FieldName =
  | 'looks'
  | 'restarts'
  | 'warning'
  | 'critical'
  | 'percent'
  | 'warningHours'
  | 'criticalHours'
  | 'failures'
  | 'minutes';

export const fieldsOf = (kind: WatchedKind): [name: FieldName, bounds: { least: number; most: number }][] =>
  Object.entries(FIELDS[kind]) as [FieldName, { least: number; most: number }][]; // the names of the record above

/** The numbers that stand, as they are typed. */
export function typedOf(kind: WatchedKind, rule: WatchedRules[WatchedKind]): Partial<Record<FieldName, string>> {
  const numbers: Partial<Record<string, unknown>> = rule;
  return Object.fromEntries(fieldsOf(kind).map(([name]) => [name, String(numbers[name])]));
}

/** `undefined` while one of them makes no sense. */
export function numbersOf(kind: WatchedKind, typed: Partial<Record<FieldName, string>>): Partial<Record<FieldName, number>> | undefined {
  const numbers = fieldsOf(kind).map(([name, { least, most }]) => {
    const value = Number(typed[name]);
    return typed[name]?.trim() !== '' && Number.isInteger(value) && value >= least && value <= most ? ([name, value] as const) : undefined;
  });
  return numbers.includes(undefined) ? undefined : Object.fromEntries(numbers.flatMap((number) => (number ? [number] : [])));
}

/** A warning that would come after what is critical. */
export function isCrossed({ warning, critical, warningHours, criticalHours }: Partial<Record<FieldName, number>>): boolean {
  if (warning !== undefined && critical !== undefined) return warning >= critical;
  return warningHours !== undefined && criticalHours !== undefined && warningHours <= criticalHours;
}
