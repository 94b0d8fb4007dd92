import { useState } from 'react';
import { useLocation } from 'wouter';
import type { NewInvitation } from '@clawmoor/shared/invitations.ts';
import type { Server } from '@clawmoor/shared/servers.ts';
import { useInvite } from '../../api/invitation-queries.ts';
import { useServer } from '../../api/server-queries.ts';
import { haptic, useClosingConfirmation } from '../../telegram/controls.ts';
import { shareLink } from '../../telegram/links.ts';
import { Choice, Field } from '../../ui/field.tsx';
import { CopyLine, Failed, Show } from '../../ui/parts.tsx';
import { Qr } from '../../ui/qr.tsx';
import { Screen } from '../../ui/screen.tsx';
import { access } from '../../words/en/access.ts';
import { invite as text } from '../../words/en/invite.ts';
import { fill, words } from '../../words/words.ts';
import { when } from '../../words/when.ts';
import { EndField, endIsWrong, expiryOf, type End } from './ends.tsx';

/** From a role to a link that somebody can be sent. */
export function Invite({ id }: { id: string }) {
  const server = useServer(id);
  const [made, setMade] = useState<NewInvitation>();
  if (server.data && made) return <Ready server={server.data} invitation={made} another={() => setMade(undefined)} />;
  if (server.data && server.data.role !== 'viewer') return <InviteForm server={server.data} made={setMade} />;
  return (
    <Screen title={text.title}>
      <Show query={server}>{() => <p className="card">{text.viewerCannot}</p>}</Show>
    </Screen>
  );
}

function InviteForm({ server, made }: { server: Server; made: (invitation: NewInvitation) => void }) {
  const [role, setRole] = useState<'viewer' | 'admin'>('viewer');
  const [end, setEnd] = useState<End>({ length: 'never', at: '' });
  const [only, setOnly] = useState('');
  const invite = useInvite(server.id);
  const onlyIsWrong = only.trim() !== '' && !/^[1-9]\d{0,15}$/.test(only.trim());
  const ready = !onlyIsWrong && !endIsWrong(end);
  const submit = (): void => {
    if (!ready || invite.isPending) return;
    const accessExpiresAt = expiryOf(end, Date.now());
    invite.mutate(
      { role, ...(accessExpiresAt != null && { accessExpiresAt }), ...(only.trim() !== '' && { forUserId: only.trim() }) },
      {
        onSuccess: (invitation) => {
          haptic('success');
          made(invitation);
        },
      },
    );
  };
  const reason = onlyIsWrong ? text.onlyWrong : access.endPast;
  return (
    <Screen title={text.title} main={{ text: text.create, press: submit, busy: invite.isPending, disabled: !ready, reason }}>
      <p>{text.intro}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Choice<'viewer' | 'admin'>
          legend={access.role}
          value={role}
          onChange={setRole}
          options={(server.role === 'owner' ? (['viewer', 'admin'] as const) : (['viewer'] as const)).map((value) => ({
            value,
            label: words.servers.roles[value],
            help: access.roleHelp[value],
          }))}
        />
        {server.role !== 'owner' && <p className="hint">{text.adminOnlyViewers}</p>}
        <EndField end={end} onChange={setEnd} />
        <Field
          label={text.only}
          help={text.onlyHelp}
          problem={onlyIsWrong ? text.onlyWrong : undefined}
          optional
          inputMode="numeric"
          autoComplete="off"
          dir="ltr"
          maxLength={20}
          value={only}
          onChange={({ target }) => setOnly(target.value)}
        />
        {invite.isError && <Failed error={invite.error} />}
        <button type="submit" className="visually-hidden" tabIndex={-1}>
          {text.create}
        </button>
      </form>
    </Screen>
  );
}

interface ReadyProps {
  server: Server;
  invitation: NewInvitation;
  another: () => void;
}

function Ready({ server, invitation, another }: ReadyProps) {
  const { code, link, role, expiresAt, accessExpiresAt, forUserId } = invitation;
  const [shared, setShared] = useState(false);
  const [, go] = useLocation();
  useClosingConfirmation(!shared);
  const share = (address: string): void => {
    setShared(true);
    shareLink(address, fill(text.shareText, { server: server.name, role: words.servers.roles[role] }));
  };
  return (
    <Screen
      title={text.ready}
      leave={shared ? undefined : { question: text.leave, action: text.leaveAction }}
      main={
        link === null
          ? { text: text.done, press: () => go(`/servers/${server.id}/access`, { replace: true }) }
          : { text: text.share, press: () => share(link) }
      }
    >
      <section className="card">
        <p className="tags">
          <span className="tag">{words.servers.roles[role]}</span>
          {accessExpiresAt !== null && <span className="tag quiet">{fill(access.accessUntil, { time: when(accessExpiresAt) })}</span>}
          {forUserId !== null && <span className="tag quiet">{fill(access.only, { id: forUserId })}</span>}
        </p>
        <p>{text.shownOnce}</p>
        <p className="hint">{fill(access.linkUntil, { time: when(expiresAt) })}</p>
        {link === null && <p>{text.noLink}</p>}
        <CopyLine text={link ?? code} />
        {link !== null && <Qr text={link} />}
      </section>
      <button type="button" className="button plain wide" onClick={another}>
        {text.another}
      </button>
    </Screen>
  );
}
