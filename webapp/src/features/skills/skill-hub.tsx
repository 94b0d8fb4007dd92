import { useState } from 'react';
import type { HubSkill, Verdict } from '@clawmoor/shared/openclaw-skills.ts';
import { useAgents } from '../../api/openclaw-queries.ts';
import { useHubSkill, useInstallSkill, useSkillHub } from '../../api/skill-queries.ts';
import { haptic, hideKeyboard } from '../../telegram/controls.ts';
import { Field } from '../../ui/field.tsx';
import { List } from '../../ui/list.tsx';
import { EmptyState, Failed, Show, StateWord, Waiting } from '../../ui/parts.tsx';
import { Sheet, useSheet } from '../../ui/sheet.tsx';
import { skills as text } from '../../words/en/skills.ts';
import { fill } from '../../words/words.ts';
import { askTwice } from './twice.ts';

/** ClawHub, as the server finds it. What a search finds says nothing of its safety: each skill is looked up when it is opened. */
export function SkillHub({ id, mayChange }: { id: string; mayChange: boolean }) {
  const [typed, setTyped] = useState('');
  const [query, setQuery] = useState('');
  const [slug, setSlug] = useState<string>();
  const found = useSkillHub(id, query);
  const sheet = useSheet('skill');
  const open = (chosen: string): void => {
    setSlug(chosen);
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
          {text.hubSearch}
        </button>
      </form>
      <div className="found">
        {query !== '' && (
          <Show
            query={found}
            empty={{ when: (all) => all.length === 0, face: <EmptyState title={text.hubNone}>{text.hubNoneHelp}</EmptyState> }}
          >
            {(all) => (
              <List>
                {all.map((skill) => (
                  <li key={skill.slug}>
                    <button type="button" className="row" onClick={() => open(skill.slug)}>
                      <span className="grow">
                        <bdi>{skill.name}</bdi>
                        <small>{[skill.owner && fill(text.by, { name: skill.owner }), skill.summary].filter(Boolean).join(' · ')}</small>
                      </span>
                    </button>
                  </li>
                ))}
              </List>
            )}
          </Show>
        )}
      </div>
      <Sheet sheet={sheet} title={slug ?? text.title}>
        {slug === undefined ? <Waiting rows={1} /> : <OneSkill id={id} slug={slug} mayChange={mayChange} />}
      </Sheet>
    </>
  );
}

function OneSkill({ id, slug, mayChange }: { id: string; slug: string; mayChange: boolean }) {
  const skill = useHubSkill(id, slug);
  return (
    <>
      {skill.isPending && <p className="hint">{text.looking}</p>}
      <Show query={skill} rows={2}>
        {(found) => <Verdicted id={id} skill={found} mayChange={mayChange} />}
      </Show>
    </>
  );
}

const TONES: Record<Verdict, 'good' | 'warn' | 'bad'> = { clean: 'good', unknown: 'warn', malicious: 'bad' };

function Verdicted({ id, skill, mayChange }: { id: string; skill: HubSkill; mayChange: boolean }) {
  const install = useInstallSkill(id);
  // A gateway of several agents wants to know in whose folder it goes.
  const agents = useAgents(id);
  const agentId = agents.data?.find(({ isDefault }) => isDefault)?.id;
  const { slug, name, summary, version, owner, verdict } = skill;
  const run = async (): Promise<void> => {
    const confirm = verdict === 'unknown';
    if (confirm && !(await askTwice(name))) return;
    install.mutate(
      { slug, confirm, ...(agentId !== undefined && { agentId }), ...(version !== null && { version }) },
      { onSuccess: () => haptic('success') },
    );
  };
  return (
    <>
      <p>
        <strong>
          <bdi>{name}</bdi>
        </strong>
      </p>
      {summary !== null && <p>{summary}</p>}
      <p className="hint">
        {[owner && fill(text.by, { name: owner }), version && fill(text.version, { version })].filter(Boolean).join(' · ')}
      </p>
      <div className={verdict === 'malicious' ? 'notice bad' : verdict === 'unknown' ? 'notice warn' : 'notice'}>
        <StateWord tone={TONES[verdict]}>{text.verdicts[verdict]}</StateWord>
        <p>{text.verdictHelp[verdict]}</p>
      </div>
      {install.isError && <Failed error={install.error} />}
      {install.isSuccess && (
        <p role="status">
          {fill(text.installed, { name })} {install.data.warning}
        </p>
      )}
      {!mayChange && <p className="hint">{text.onlyAdmins}</p>}
      {mayChange && verdict !== 'malicious' && !install.isSuccess && (
        <button
          type="button"
          className={verdict === 'clean' ? 'button wide' : 'button danger wide'}
          disabled={install.isPending || agents.isLoading}
          aria-busy={install.isPending}
          onClick={() => void run()}
        >
          {install.isPending ? text.installing : verdict === 'clean' ? text.install : text.unknownAction}
        </button>
      )}
    </>
  );
}
