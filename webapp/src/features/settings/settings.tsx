import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTellLanguage } from '../../api/me-queries.ts';
import { useHealth } from '../../api/queries.ts';
import { sessionState, signOut } from '../../api/session.ts';
import { isTelegram, platform, version as clientVersion } from '../../telegram/bridge.ts';
import { confirm } from '../../telegram/popup.ts';
import { Choice } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { FactRow, LinkRow, List } from '../../ui/list.tsx';
import { Failed } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { SHAPES } from '../servers/link-shapes.ts';
import { settings as text } from '../../words/en/settings.ts';
import { chooseLanguage, language, LANGUAGES, type Language } from '../../words/language.ts';
import { fill } from '../../words/words.ts';

export function Settings() {
  const [chosen, setChosen] = useState(language());
  const health = useHealth();
  const tell = useTellLanguage();
  const session = sessionState();
  const leave = useMutation({ mutationFn: signOut });
  const choose = (code: Language): void => {
    setChosen(code);
    void chooseLanguage(code);
    // The bot writes in it as well.
    tell.mutate(code);
  };
  const askToLeave = async (): Promise<void> => {
    if (await confirm(text.signOutAsk, text.signOut)) leave.mutate();
  };
  const scheme = document.documentElement.dataset['scheme'] === 'dark' ? text.schemes.dark : text.schemes.light;
  return (
    <Screen title={text.title}>
      <Choice<Language>
        legend={text.language}
        value={chosen}
        onChange={choose}
        options={LANGUAGES.map(({ code, name }) => ({ value: code, label: name }))}
      />
      <p className="hint under">{text.languageHelp}</p>
      {tell.isError && <Failed error={tell.error} />}
      <h2>{text.look}</h2>
      <p className="card">{fill(isTelegram ? text.lookTelegram : text.lookBrowser, { scheme })}</p>
      {session.kind === 'in' && (
        <>
          <h2>{text.account}</h2>
          <List>
            <li className="row">
              <span className="grow">
                <bdi>{[session.session.user.firstName, session.session.user.lastName].filter(Boolean).join(' ')}</bdi>
                {session.session.user.username !== null && (
                  <small>
                    <bdi dir="ltr">@{session.session.user.username}</bdi>
                  </small>
                )}
              </span>
              {session.session.user.isSuperAdmin && <span className="tag">{text.superAdmin}</span>}
            </li>
            <LinkRow href="/settings/notifications" icon={SHAPES.bell}>
              {text.notifications}
              <small>{text.notificationsHelp}</small>
            </LinkRow>
            <LinkRow href="/settings/sessions" icon="history">
              {text.sessions}
            </LinkRow>
            <LinkRow href="/settings/tokens" icon="key">
              {text.tokens}
              <small>{text.tokensHelp}</small>
            </LinkRow>
            <LinkRow href="/invitation" icon="add">
              {text.invitation}
            </LinkRow>
            <LinkRow href="/device" icon="plug">
              {text.device}
              <small>{text.deviceHelp}</small>
            </LinkRow>
            {session.session.user.isSuperAdmin && (
              <LinkRow href="/admin" icon="server">
                {text.installation}
                <small>{text.installationHelp}</small>
              </LinkRow>
            )}
            <li>
              <button type="button" className="row bad" disabled={leave.isPending} onClick={() => void askToLeave()}>
                <span className="grow">
                  {text.signOut}
                  <small>{text.signOutHelp}</small>
                </span>
              </button>
            </li>
          </List>
        </>
      )}
      <h2>{text.about}</h2>
      <List>
        <FactRow name={text.version}>
          <bdi dir="ltr">{health.data?.version ?? '…'}</bdi> {health.data?.trial === true && <span className="tag">{text.trial}</span>}
        </FactRow>
        <li>
          <a href="/api/docs" className="row">
            <span className="grow">
              {text.api}
              <small>{text.apiHelp}</small>
            </span>
            <span className="chevron">
              <Icon name="chevron" />
            </span>
          </a>
        </li>
        {isTelegram && (
          <FactRow name={text.client}>
            <bdi dir="ltr">
              {platform} {clientVersion}
            </bdi>
          </FactRow>
        )}
      </List>
    </Screen>
  );
}
