import { REDACTED } from '@clawmoor/shared/openclaw-config.ts';
import { useConfig } from '../../../api/config-queries.ts';
import { LinkRow } from '../../../ui/list.tsx';
import { config as text } from '../../../words/en/config.ts';
import { isObject, valueAt } from './config-path.ts';
import { useWishes } from './wishes.ts';

export interface SettingRowProps {
  id: string;
  setting: { key: string; path: string; label: string | null; help: string | null };
  withPath?: boolean;
}

/** One setting in a list: its name, what it is for, and what stands there. */
export function SettingRow({ id, setting: { key, path, label, help }, withPath = false }: SettingRowProps) {
  const config = useConfig(id);
  const { wishes } = useWishes(id);
  const changed = wishes.some((one) => one.path === path || one.path.startsWith(`${path}.`) || one.path.startsWith(`${path}[`));
  const value = valueAt(config.data?.config, path);
  return (
    <LinkRow
      href={`/servers/${id}/config/${encodeURIComponent(path)}`}
      end={changed ? <span className="tag busy">{text.changed}</span> : shortValue(value)}
    >
      <bdi>{label ?? key}</bdi>
      {withPath && (
        <small>
          <bdi dir="ltr" className="mono">
            {path}
          </bdi>
        </small>
      )}
      {help !== null && <small className="two-lines">{help}</small>}
    </LinkRow>
  );
}

function shortValue(value: unknown) {
  if (value === undefined || value === null || isObject(value)) return null;
  const shown = value === REDACTED ? text.secret : Array.isArray(value) ? `[${value.length}]` : String(value);
  return (
    <bdi dir="ltr" className="hint cut setting-value">
      {shown}
    </bdi>
  );
}
