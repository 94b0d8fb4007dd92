import { useMemo, useState } from 'react';
import type { Plugin } from '@clawmoor/shared/openclaw-plugins.ts';
import { usePlugins } from '../../api/plugin-queries.ts';
import { useServer } from '../../api/server-queries.ts';
import { List } from '../../ui/list.tsx';
import { EmptyState, Show, StateWord } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { Sheet, useSheet } from '../../ui/sheet.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { plugins as text } from '../../words/en/plugins.ts';
import { plural } from '../../words/words.ts';
import { OnePlugin } from './one-plugin.tsx';
import { PluginHub } from './plugin-hub.tsx';

const PAGE = 40;

/** What extends a gateway: channels, models, tools; what is there, and what ClawHub has. */
export function Plugins({ id }: { id: string }) {
  const [view, setView] = useState<'here' | 'hub'>('here');
  const role = useServer(id).data?.role;
  const mayChange = role !== undefined && role !== 'viewer';
  return (
    <Screen title={text.title}>
      <Tabs
        label={text.views}
        tabs={[
          { key: 'here', label: text.here },
          { key: 'hub', label: text.hub },
        ]}
        value={view}
        onChange={setView}
      >
        {role === 'viewer' && <p className="hint under">{text.onlyAdmins}</p>}
        {view === 'here' ? <Here id={id} mayChange={mayChange} /> : <PluginHub id={id} mayChange={mayChange} />}
      </Tabs>
    </Screen>
  );
}

function Here({ id, mayChange }: { id: string; mayChange: boolean }) {
  const plugins = usePlugins(id);
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState<string>();
  const sheet = useSheet('plugin');
  const open = (pluginId: string): void => {
    setChosen(pluginId);
    sheet.show();
  };
  const shown = useMemo(() => {
    const wanted = query.trim().toLowerCase();
    return (plugins.data ?? [])
      .filter(({ id: own, name, description }) => `${own} ${name} ${description ?? ''}`.toLowerCase().includes(wanted))
      .toSorted(
        (a, b) => Number(b.removable) - Number(a.removable) || Number(b.enabled) - Number(a.enabled) || a.name.localeCompare(b.name),
      );
  }, [plugins.data, query]);
  const one = plugins.data?.find((plugin) => plugin.id === chosen);
  return (
    <>
      <SearchField label={text.search} value={query} onChange={setQuery} />
      <Show query={plugins} empty={{ when: (all) => all.length === 0, face: <EmptyState title={text.empty}>{text.emptyHelp}</EmptyState> }}>
        {() =>
          shown.length === 0 ? (
            <EmptyState title={text.noMatch}>{text.noMatchHelp}</EmptyState>
          ) : (
            <>
              <Rows plugins={shown.filter(({ installed }) => installed)} title={undefined} open={open} />
              <Rows plugins={shown.filter(({ installed }) => !installed)} title={text.offered} open={open} />
            </>
          )
        }
      </Show>
      <Sheet sheet={sheet} title={one?.name ?? text.title}>
        {one ? (
          <OnePlugin key={one.id} serverId={id} plugin={one} mayChange={mayChange} hide={sheet.hide} />
        ) : (
          <p className="hint">{text.gone}</p>
        )}
      </Sheet>
    </>
  );
}

interface RowsProps {
  plugins: readonly Plugin[];
  title: string | undefined;
  open: (pluginId: string) => void;
}

function Rows({ plugins, title, open }: RowsProps) {
  const [most, setMost] = useState(PAGE);
  if (plugins.length === 0) return null;
  return (
    <section>
      {title !== undefined && <h2>{title}</h2>}
      <List>
        {plugins.slice(0, most).map((plugin) => (
          <li key={plugin.id}>
            <button type="button" className="row" aria-haspopup="dialog" onClick={() => open(plugin.id)}>
              <span className="grow">
                <bdi>{plugin.name}</bdi>
                {plugin.description !== null && (
                  <small className="two-lines">
                    <bdi>{plugin.description}</bdi>
                  </small>
                )}
              </span>
              <PluginState plugin={plugin} />
            </button>
          </li>
        ))}
      </List>
      {plugins.length > most && (
        <button type="button" className="button plain wide" onClick={() => setMost(most + PAGE)}>
          {plural(text.more, Math.min(PAGE, plugins.length - most))}
        </button>
      )}
    </section>
  );
}

/** Not there, off, on, or on and in trouble. */
export function PluginState({ plugin: { installed, enabled, state } }: { plugin: Plugin }) {
  if (!installed) return <StateWord tone="idle">{text.states.absent}</StateWord>;
  if (state === 'error') return <StateWord tone="bad">{text.states.failed}</StateWord>;
  return <StateWord tone={enabled ? 'good' : 'idle'}>{enabled ? text.states.on : text.states.off}</StateWord>;
}
