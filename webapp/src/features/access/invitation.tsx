import { useState } from 'react';
import { useLocation } from 'wouter';
import { useAcceptInvitation, useOffered } from '../../api/invitation-queries.ts';
import { haptic } from '../../telegram/controls.ts';
import { FactRow, List } from '../../ui/list.tsx';
import { Failed } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { access } from '../../words/en/access.ts';
import { codes as text } from '../../words/en/codes.ts';
import { fill, words } from '../../words/words.ts';
import { when } from '../../words/when.ts';
import { CodeForm, ShowCode } from './code-form.tsx';
import { launchCode } from './launch-code.ts';

const CODE = /^[A-Za-z0-9_-]{16,64}$/;

/** What a link of somebody offers, before it is taken. */
export function InvitationScreen() {
  const [code, setCode] = useState(() => launchCode('inv'));
  if (code !== '') return <Offered key={code} code={code} other={() => setCode('')} />;
  return (
    <CodeForm
      title={text.invitation}
      label={text.invitationCode}
      help={text.invitationCodeHelp}
      wrong={text.invitationCodeWrong}
      // The whole link may be pasted as well.
      read={(typed) => /(?:^|inv_)([A-Za-z0-9_-]+)$/.exec(typed)?.[1] ?? ''}
      valid={(typed) => CODE.test(typed)}
      submit={setCode}
    />
  );
}

function Offered({ code, other }: { code: string; other: () => void }) {
  const offered = useOffered(code);
  const accept = useAcceptInvitation(code);
  const [, go] = useLocation();
  const press = (): void =>
    accept.mutate(undefined, {
      onSuccess: ({ serverId }) => {
        haptic('success');
        go(`/servers/${serverId}`, { replace: true });
      },
    });
  const leave = (
    <div className="actions">
      <button type="button" className="button plain" onClick={() => go('/', { replace: true })}>
        {offered.isSuccess ? text.notNow : text.toServers}
      </button>
      {!offered.isSuccess && !offered.isPending && (
        <button type="button" className="button plain" onClick={other}>
          {text.otherCode}
        </button>
      )}
    </div>
  );
  return (
    <Screen title={text.invitation} main={offered.isSuccess ? { text: text.accept, press, busy: accept.isPending } : undefined}>
      <ShowCode query={offered}>
        {({ invitedBy, serverName, role, accessExpiresAt, expiresAt }) => (
          <>
            <section className="card">
              <p>{fill(text.invites, { name: invitedBy, server: `“${serverName}”` })}</p>
              <p>
                <span className="tag">{words.servers.roles[role]}</span> {access.roleHelp[role]}
              </p>
            </section>
            <List>
              <FactRow name={text.accessEnds}>{accessExpiresAt === null ? text.noEnd : when(accessExpiresAt)}</FactRow>
              <FactRow name={text.linkEnds}>{when(expiresAt)}</FactRow>
            </List>
          </>
        )}
      </ShowCode>
      {accept.isError && <Failed error={accept.error} />}
      {leave}
    </Screen>
  );
}
