import { useState } from 'react';
import type { ConfigSchema } from '@clawmoor/shared/openclaw-config.ts';
import { useConfig, useConfigSchema } from '../../../api/config-queries.ts';
import { Field } from '../../../ui/field.tsx';
import { List } from '../../../ui/list.tsx';
import { EmptyState, Show } from '../../../ui/parts.tsx';
import { config as text } from '../../../words/en/config.ts';
import { isObject, keysOf, parentOf, pathOf, valueAt } from './config-path.ts';
import { ConfigScreen } from './config-screen.tsx';
import { SettingEditor } from './setting-editor.tsx';
import { SettingRow } from './setting-row.tsx';
import { kindOf } from './value-kind.ts';
import { wish } from './wishes.ts';

/** One path of the configuration: its settings, or the field for its value. */
export function ConfigPart({ id, path }: { id: string; path: string }) {
  const schema = useConfigSchema(id, path);
  const config = useConfig(id);
  const parent = parentOf(path);
  const back = parent === undefined ? `/servers/${id}/config` : `/servers/${id}/config/${encodeURIComponent(parent)}`;
  return (
    <ConfigScreen id={id} title={schema.data?.label ?? keysOf(path).at(-1) ?? path} back={back}>
      <p className="under">
        <bdi dir="ltr" className="mono hint">
          {path}
        </bdi>
      </p>
      <Show query={schema}>
        {(known) => (
          <Show query={config}>
            {(now) => (
              <>
                {known.help !== null && <p className="card">{known.help}</p>}
                <Content id={id} schema={known} now={now} />
              </>
            )}
          </Show>
        )}
      </Show>
    </ConfigScreen>
  );
}

interface ContentProps {
  id: string;
  schema: ConfigSchema;
  now: { config: Record<string, unknown>; hash: string };
}

function Content({ id, schema, now }: ContentProps) {
  const { kind } = kindOf(schema.schema);
  const value = valueAt(now.config, schema.path);
  if (kind === 'map') return <NamedEntries id={id} path={schema.path} names={isObject(value) ? Object.keys(value) : []} />;
  const children = schema.children.filter(({ key }) => key !== '*');
  if (kind !== 'settings' || children.length === 0) return <SettingEditor id={id} schema={schema} now={now} value={value} />;
  const advanced = children.filter((child) => child.advanced && valueAt(now.config, child.path) === undefined);
  const usual = children.filter((child) => !advanced.includes(child));
  return (
    <>
      {usual.length > 0 && (
        <List>
          {usual.map((child) => (
            <SettingRow key={child.path} id={id} setting={child} />
          ))}
        </List>
      )}
      {advanced.length > 0 && (
        <details open={usual.length === 0}>
          <summary>{text.advanced}</summary>
          <List>
            {advanced.map((child) => (
              <SettingRow key={child.path} id={id} setting={child} />
            ))}
          </List>
        </details>
      )}
    </>
  );
}

/** An object whose keys people name themselves. */
function NamedEntries({ id, path, names }: { id: string; path: string; names: readonly string[] }) {
  const [name, setName] = useState('');
  const config = useConfig(id);
  const valid = /^[^"\\\p{Cc}]{1,100}$/u.test(name.trim()) && !names.includes(name.trim());
  const entry = (key: string) => ({ key, path: pathOf([...keysOf(path), key]), label: null, help: null });
  return (
    <>
      {names.length === 0 ? (
        <EmptyState title={text.noEntries} />
      ) : (
        <List>
          {names.map((key) => (
            <SettingRow key={key} id={id} setting={entry(key)} />
          ))}
        </List>
      )}
      <form
        className="card"
        onSubmit={(event) => {
          event.preventDefault();
          if (valid) wish(id, config.data, { path: entry(name.trim()).path, value: {}, isSecret: false });
          setName('');
        }}
      >
        <Field label={text.newEntry} help={text.newEntryHelp} value={name} dir="ltr" onChange={({ target }) => setName(target.value)} />
        <button type="submit" className="button plain" disabled={!valid} title={valid ? undefined : text.newEntryHelp}>
          {text.add}
        </button>
      </form>
    </>
  );
}
