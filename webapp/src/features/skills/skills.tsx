import { useMemo, useState } from 'react';
import type { Skill } from '@clawmoor/shared/openclaw-skills.ts';
import { useServer } from '../../api/server-queries.ts';
import { useSetSkill, useSkills } from '../../api/skill-queries.ts';
import { Chips } from '../../ui/chips.tsx';
import { Icon } from '../../ui/icon.tsx';
import { List } from '../../ui/list.tsx';
import { EmptyState, Failed, Show, StateWord } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { Toggle } from '../../ui/toggle.tsx';
import { skills as text } from '../../words/en/skills.ts';
import { plural } from '../../words/words.ts';
import { SkillHub } from './skill-hub.tsx';
import { UpdateSkill } from './update-skill.tsx';
import './skills.css';

type View = 'here' | 'hub';

/** What the agents of a gateway have learned, and where they can learn more. */
export function Skills({ id }: { id: string }) {
  const [view, setView] = useState<View>('here');
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
        {view === 'here' ? <Here id={id} mayChange={mayChange} /> : <SkillHub id={id} mayChange={mayChange} />}
      </Tabs>
    </Screen>
  );
}

type Filter = 'on' | 'off' | 'lacking' | 'added';
const TESTS: Record<Filter, (skill: Skill) => boolean> = {
  on: ({ enabled }) => enabled,
  off: ({ enabled }) => !enabled,
  lacking: ({ eligible }) => !eligible,
  added: ({ bundled }) => !bundled,
};
const FILTERS = Object.keys(TESTS) as Filter[]; // its own keys
const PAGE = 40;

function Here({ id, mayChange }: { id: string; mayChange: boolean }) {
  const skills = useSkills(id);
  const [query, setQuery] = useState('');
  const [filters, setFilters] = useState<Filter[]>([]);
  const [most, setMost] = useState(PAGE);
  const shown = useMemo(() => {
    const wanted = query.trim().toLowerCase();
    const all = (skills.data ?? []).filter(
      (skill) => filters.every((filter) => TESTS[filter](skill)) && `${skill.name} ${skill.description}`.toLowerCase().includes(wanted),
    );
    // What was added, and what works, is looked for most.
    return all.toSorted(
      (a, b) => Number(a.bundled) - Number(b.bundled) || Number(b.eligible) - Number(a.eligible) || a.name.localeCompare(b.name),
    );
  }, [skills.data, query, filters]);
  return (
    <>
      <label className="search">
        <Icon name="search" />
        <input
          type="search"
          value={query}
          aria-label={text.search}
          placeholder={text.search}
          onChange={({ target }) => setQuery(target.value)}
        />
      </label>
      <Chips
        label={text.filter}
        options={FILTERS.map((key) => ({ key, label: text.filters[key] }))}
        value={filters}
        onChange={setFilters}
      />
      <Show query={skills} empty={{ when: (all) => all.length === 0, face: <EmptyState title={text.empty}>{text.emptyHelp}</EmptyState> }}>
        {() =>
          shown.length === 0 ? (
            <EmptyState title={text.noMatch}>{text.noMatchHelp}</EmptyState>
          ) : (
            <>
              <List>
                {shown.slice(0, most).map((skill) => (
                  <SkillRow key={skill.key} serverId={id} skill={skill} mayChange={mayChange} />
                ))}
              </List>
              {shown.length > most && (
                <button type="button" className="button plain wide" onClick={() => setMost(most + PAGE)}>
                  {plural(text.more, Math.min(PAGE, shown.length - most))}
                </button>
              )}
            </>
          )
        }
      </Show>
    </>
  );
}

function SkillRow({ serverId, skill, mayChange }: { serverId: string; skill: Skill; mayChange: boolean }) {
  const [open, setOpen] = useState(false);
  const { name, emoji, description, enabled, eligible } = skill;
  return (
    <li>
      <details className="skill" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary className="row">
          <span className="tile emoji" aria-hidden="true">
            {emoji ?? '✨'}
          </span>
          <span className="grow">
            <bdi>{name}</bdi>
            <small className={open ? undefined : 'cut'}>
              <bdi>{description}</bdi>
            </small>
          </span>
          <StateWord tone={!enabled ? 'idle' : eligible ? 'good' : 'warn'}>
            {!enabled ? text.off : eligible ? text.ready : text.lacking}
          </StateWord>
        </summary>
        {open && <SkillDetails serverId={serverId} skill={skill} mayChange={mayChange} />}
      </details>
    </li>
  );
}

function SkillDetails({ serverId, skill, mayChange }: { serverId: string; skill: Skill; mayChange: boolean }) {
  const set = useSetSkill(serverId);
  const { missing, homepage, bundled, source, enabled } = skill;
  const lacks = (['programs', 'env', 'config', 'systems'] as const).filter((kind) => missing[kind].length > 0);
  return (
    <div className="skill-more">
      {mayChange && (
        <Toggle
          label={text.onFor}
          help={text.onHelp}
          checked={enabled}
          disabled={set.isPending}
          onChange={(wanted) => set.mutate({ skill, enabled: wanted })}
        />
      )}
      {set.isError && <Failed error={set.error} />}
      {lacks.length > 0 && (
        <>
          <p>{text.needs}:</p>
          <ul>
            {lacks.map((kind) => (
              <li key={kind}>
                {text[kind]}: <bdi dir="ltr">{missing[kind].join(', ')}</bdi>
              </li>
            ))}
          </ul>
        </>
      )}
      <p className="hint">
        {text.source}: {bundled ? text.bundled : <bdi dir="ltr">{source}</bdi>}
      </p>
      {homepage !== null && (
        <p>
          <a href={homepage} target="_blank" rel="noopener noreferrer" className="plain-link">
            {text.homepage}
          </a>
        </p>
      )}
      {mayChange && !bundled && <UpdateSkill serverId={serverId} skillKey={skill.key} name={skill.name} />}
    </div>
  );
}
