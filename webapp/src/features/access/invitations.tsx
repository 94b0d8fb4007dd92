import type { ReactNode } from 'react';
import type { Invitation } from '@clawmoor/shared/invitations.ts';
import { useMembers } from '../../api/access-queries.ts';
import { useInvitations, useVoidInvitation } from '../../api/invitation-queries.ts';
import { confirm } from '../../telegram/popup.ts';
import { List } from '../../ui/list.tsx';
import { Failed, Show, StateWord, type Tone } from '../../ui/parts.tsx';
import { access as text } from '../../words/en/access.ts';
import { nameOf } from './member-sheet.tsx';
import { fill, plural, words } from '../../words/words.ts';
import { when } from '../../words/when.ts';

const TONES: Record<Invitation['state'], Tone> = { open: 'good', used: 'idle', expired: 'idle', void: 'idle' };

/** The person's own invitations: open ones with their end, earlier ones folded. */
export function Invitations({ serverId }: { serverId: string }) {
  const invitations = useInvitations(serverId, true);
  const members = useMembers(serverId, true);
  const known = (id: string): string => {
    const member = members.data?.find(({ userId }) => userId === id);
    return member ? nameOf(member) : id;
  };
  const end = useVoidInvitation(serverId);
  const ask = async (id: string): Promise<void> => {
    if (await confirm(text.voidAsk, text.void)) end.mutate(id);
  };
  return (
    <Show query={invitations} rows={1}>
      {(all) => {
        const open = all.filter(({ state }) => state === 'open');
        const earlier = all.filter(({ state }) => state !== 'open');
        return (
          <>
            {end.isError && <Failed error={end.error} />}
            {open.length === 0 && <p className="card hint">{text.noInvitations}</p>}
            {open.length > 0 && (
              <List>
                {open.map((invitation) => (
                  <InvitationRow key={invitation.id} invitation={invitation} nameOf={known}>
                    <button type="button" className="button danger small" disabled={end.isPending} onClick={() => void ask(invitation.id)}>
                      {text.void}
                    </button>
                  </InvitationRow>
                ))}
              </List>
            )}
            {earlier.length > 0 && (
              <details>
                <summary>{plural(text.earlier, earlier.length)}</summary>
                <List>
                  {earlier.map((invitation) => (
                    <InvitationRow key={invitation.id} invitation={invitation} nameOf={known}>
                      <StateWord tone={TONES[invitation.state]}>{text.states[invitation.state]}</StateWord>
                    </InvitationRow>
                  ))}
                </List>
              </details>
            )}
          </>
        );
      }}
    </Show>
  );
}

interface InvitationRowProps {
  invitation: Invitation;
  nameOf: (userId: string) => string;
  /** At the end of the row. */
  children: ReactNode;
}

function InvitationRow({ invitation, nameOf: nameOfId, children }: InvitationRowProps) {
  const { role, state, expiresAt, accessExpiresAt, forUserId, usedBy } = invitation;
  const lines = [
    state === 'open' && fill(text.linkUntil, { time: when(expiresAt) }),
    accessExpiresAt !== null && fill(text.accessUntil, { time: when(accessExpiresAt) }),
    forUserId !== null && fill(text.only, { id: nameOfId(forUserId) }),
    usedBy !== null && fill(text.usedBy, { name: nameOfId(usedBy) }),
  ];
  return (
    <li className="row">
      <span className="grow">
        {words.servers.roles[role]}
        {lines.map((line) => line !== false && <small key={line}>{line}</small>)}
      </span>
      {children}
    </li>
  );
}
