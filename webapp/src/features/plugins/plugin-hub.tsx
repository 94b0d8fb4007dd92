import { useState } from 'react';
import type { HubPluginDetail } from '@clawmoor/shared/openclaw-plugins.ts';
import type { Verdict } from '@clawmoor/shared/openclaw-skills.ts';
import { useHubPlugin, useInstallPlugin, usePluginHub } from '../../api/plugin-queries.ts';
import { haptic, hideKeyboard } from '../../telegram/controls.ts';
import { Field } from '../../ui/field.tsx';
import { List } from '../../ui/list.tsx';
import { EmptyState, Failed, Show, StateWord } from '../../ui/parts.tsx';
import { Sheet, useSheet } from '../../ui/sheet.tsx';
import { plugins as text } from '../../words/en/plugins.ts';
import { skills } from '../../words/en/skills.ts';
import { fill } from '../../words/words.ts';
import { askTwice } from '../skills/twice.ts';
import { Brings } from './brings.tsx';

/** ClawHub, as the server finds it. What a search finds says nothing of its safety: each plugin is looked up when it is opened. */
export function PluginHub({ id, mayChange }: { id: string; mayChange: boolean }) {
  const [typed, setTyped] = useState('');
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState<{ id: string; name: string }>();
  const found = usePluginHub(id, query);
  const sheet = useSheet('hub-plugin');
  const open = (plugin: { id: string; name: string }): void => {
    setChosen(plugin);
    sheet.show();
  };
  return (
    <>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          hideKeyboard();
          if (typed.trim() !== '') setQuery(typed.trim());
        }}
      >
        <Field
          label={text.hubField}
          help={text.hubHelp}
          type="search"
          value={typed}
          maxLength={100}
          enterKeyHint="search"
          onChange={({ target }) => setTyped(target.value)}
        />
        <button type="submit" className="button wide" disabled={typed.trim() === '' || found.isFetching} aria-busy={found.isFetching}>
          {skills.hubSearch}
        </button>
      </form>
      {query !== '' && (
        <Show
          query={found}
          empty={{ when: (all) => all.length === 0, face: <EmptyState title={skills.hubNone}>{skills.hubNoneHelp}</EmptyState> }}
        >
          {(all) => (
            <section>
              <h2>{text.found}</h2>
              <List>
                {all.map((plugin) => (
                  <li key={plugin.id}>
                    <button type="button" className="row" aria-haspopup="dialog" onClick={() => open(plugin)}>
                      <span className="grow">
                        <bdi>{plugin.name}</bdi>
                        <small className="two-lines">
                          {[plugin.owner && fill(skills.by, { name: plugin.owner }), plugin.summary].filter(Boolean).join(' · ')}
                        </small>
                      </span>
                      {plugin.installed && <StateWord tone="good">{text.states.there}</StateWord>}
                    </button>
                  </li>
                ))}
              </List>
            </section>
          )}
        </Show>
      )}
      <Sheet sheet={sheet} title={chosen?.name ?? text.title}>
        {chosen && <OneOfHub id={id} hubId={chosen.id} mayChange={mayChange} />}
      </Sheet>
    </>
  );
}

function OneOfHub({ id, hubId, mayChange }: { id: string; hubId: string; mayChange: boolean }) {
  const plugin = useHubPlugin(id, hubId);
  return (
    <>
      {plugin.isPending && <p className="hint">{skills.looking}</p>}
      <Show query={plugin} rows={2}>
        {(found) => <Verdicted id={id} plugin={found} mayChange={mayChange} />}
      </Show>
    </>
  );
}

const TONES: Record<Verdict, 'good' | 'warn' | 'bad'> = { clean: 'good', unknown: 'warn', malicious: 'bad' };

function Verdicted({ id, plugin, mayChange }: { id: string; plugin: HubPluginDetail; mayChange: boolean }) {
  const install = useInstallPlugin(id);
  const { id: hubId, name, summary, version, owner, verdict, installed } = plugin;
  const run = async (): Promise<void> => {
    const unchecked = verdict === 'unknown';
    if (unchecked && !(await askTwice(name))) return;
    install.mutate({ source: 'hub', id: hubId, confirm: unchecked }, { onSuccess: () => haptic('success') });
  };
  return (
    <>
      {summary !== null && (
        <p>
          <bdi>{summary}</bdi>
        </p>
      )}
      <p className="hint">
        {[owner && fill(skills.by, { name: owner }), version && fill(text.version, { version })].filter(Boolean).join(' · ')}
      </p>
      <Brings brought={plugin} />
      <div className={verdict === 'malicious' ? 'notice bad' : verdict === 'unknown' ? 'notice warn' : 'notice'}>
        <StateWord tone={TONES[verdict]}>{skills.verdicts[verdict]}</StateWord>
        <p>{text.verdictHelp[verdict]}</p>
      </div>
      {install.isError && <Failed error={install.error} />}
      {install.isSuccess && (
        <p role="status">
          {fill(skills.installed, { name })} {text.installedHelp}
        </p>
      )}
      {!mayChange && <p className="hint">{text.onlyAdmins}</p>}
      {installed && !install.isSuccess && <p className="hint">{text.there}</p>}
      {mayChange && !installed && verdict !== 'malicious' && !install.isSuccess && (
        <button
          type="button"
          className={verdict === 'clean' ? 'button wide' : 'button danger wide'}
          disabled={install.isPending}
          aria-busy={install.isPending}
          onClick={() => void run()}
        >
          {install.isPending ? text.installing : verdict === 'clean' ? text.install : skills.unknownAction}
        </button>
      )}
    </>
  );
}
