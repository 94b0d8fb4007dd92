import type { DetailedHealth } from '@clawmoor/shared/admin.ts';

/** One measured number; `labels` tell several of a name apart. */
export interface Sample {
  name: string;
  kind: 'gauge' | 'counter';
  help: string;
  labels?: Record<string, string>;
  value: number;
}

/** The samples in Prometheus' text format (version 0.0.4). */
export function prometheusText(samples: readonly Sample[]): string {
  const byName = Map.groupBy(samples, ({ name }) => name);
  return [...byName.values()]
    .map((same) => {
      const [{ name, kind, help } = { name: '', kind: 'gauge', help: '' }] = same;
      const lines = same.map(({ labels, value }) => `${name}${labelText(labels)} ${value}`);
      return `# HELP ${name} ${help.replace(/[\\\n]/g, ' ')}\n# TYPE ${name} ${kind}\n${lines.join('\n')}\n`;
    })
    .join('');
}

/** What the detailed health found, as numbers: a status per check (0 ok, 1 warn, 2 failing), and each figure behind it. */
export function samplesOfHealth({ checks }: DetailedHealth): Sample[] {
  const statuses = checks.map(({ key, status }) => ({
    name: 'clawmoor_check_status',
    kind: 'gauge' as const,
    help: 'Detailed health: 0 ok, 1 warn, 2 failing',
    labels: { check: key },
    value: { ok: 0, warn: 1, failing: 2 }[status],
  }));
  const figures = checks.flatMap(({ key, values }) =>
    Object.entries(values).flatMap(([figure, value]) => {
      const number = typeof value === 'boolean' ? Number(value) : value;
      if (typeof number !== 'number' || !Number.isFinite(number)) return [];
      return [{ name: `clawmoor_${key}_${snake(figure)}`, kind: 'gauge' as const, help: `${figure} of ${key}`, value: number }];
    }),
  );
  return [...statuses, ...figures];
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replace(/\W/g, '_');

function labelText(labels: Record<string, string> | undefined): string {
  if (!labels) return '';
  const escaped = (value: string): string => value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',')}}`;
}
