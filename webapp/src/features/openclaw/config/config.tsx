import { useState } from 'react';
import { useQueries } from '@tanstack/react-query';
import { schemaQuery, useConfig } from '../../../api/config-queries.ts';
import { LinkRow, List } from '../../../ui/list.tsx';
import { EmptyState, Show, Waiting } from '../../../ui/parts.tsx';
import { SearchField } from '../../../ui/search-field.tsx';
import { config as text } from '../../../words/en/config.ts';
import { plural } from '../../../words/words.ts';
import { ConfigScreen } from './config-screen.tsx';
import { SettingRow } from './setting-row.tsx';
import { foundIn, SECTIONS, useSettingIndex } from './setting-index.ts';

const MOST_FOUND = 60;

/** The configuration, section by section, or by a word of a setting or of its help. */
export function Config({ id }: { id: string }) {
  const [query, setQuery] = useState('');
  const config = useConfig(id);
  const searching = query.trim().length > 1;
  return (
    <ConfigScreen id={id} title={text.title}>
      <Show query={config}>
        {() => (
          <>
            <SearchField label={text.search} value={query} onChange={setQuery} />
            {searching ? <Found id={id} query={query} /> : <Sections id={id} />}
          </>
        )}
      </Show>
    </ConfigScreen>
  );
}

function Sections({ id }: { id: string }) {
  const sections = useQueries({ queries: SECTIONS.map((path) => ({ ...schemaQuery(id, path), retry: false })) });
  const known = sections.flatMap(({ data }) => data ?? []);
  if (known.length === 0 && sections.some(({ isPending }) => isPending)) return <Waiting rows={6} />;
  return (
    <>
      <List>
        <LinkRow href={`/servers/${id}/config-history`} icon="history">
          {text.history}
          <small>{text.historyHelp}</small>
        </LinkRow>
      </List>
      <List>
        {known.map(({ path, label, help }) => (
          <SettingRow key={path} id={id} setting={{ key: path, path, label, help }} />
        ))}
      </List>
      {sections.some(({ isPending }) => isPending) && <Waiting rows={1} />}
    </>
  );
}

function Found({ id, query }: { id: string; query: string }) {
  const { settings, complete } = useSettingIndex(id, true);
  const found = foundIn(settings, query);
  return (
    <>
      <p className="hint under" role="status">
        {plural(text.found, found.length)}
        {!complete && ` ${text.looking}`}
      </p>
      {found.length > 0 && (
        <List>
          {found.slice(0, MOST_FOUND).map((setting) => (
            <SettingRow key={setting.path} id={id} setting={setting} withPath />
          ))}
        </List>
      )}
      {found.length === 0 && complete && <EmptyState title={text.noMatch}>{text.noMatchHelp}</EmptyState>}
    </>
  );
}
