import { useState, type ReactNode } from 'react';
import type { Member } from '@clawmoor/shared/access.ts';
import type { Server } from '@clawmoor/shared/servers.ts';
import { useChangeMember, useOfferOwnership } from '../../api/access-queries.ts';
import { haptic } from '../../telegram/controls.ts';
import { confirm } from '../../telegram/popup.ts';
import { Choice } from '../../ui/field.tsx';
import { Failed } from '../../ui/parts.tsx';
import type { SheetHandle } from '../../ui/sheet.tsx';
import { StepUpForm } from '../../ui/step-up-form.tsx';
import { access as text } from '../../words/en/access.ts';
import { when } from '../../words/when.ts';
import { fill, words } from '../../words/words.ts';
import { EndField, endIsWrong, expiryOf, type End } from './ends.tsx';

export interface MemberProps {
  server: Server;
  member: Member;
  members: readonly Member[];
  /** Ends this person's access. Not done here: the row goes with it, and what failed must still be said. */
  revoke: (userId: string) => void;
}

export const nameOf = ({ firstName, username, userId }: Member): string => firstName ?? (username === null ? userId : `@${username}`);

/** What the owner does with a member: another role or end, the server itself, or the end of it. */
export function MemberSheet({ server, member, members, revoke, sheet }: MemberProps & { sheet: SheetHandle }) {
  const [handing, setHanding] = useState(false);
  const ask = async (): Promise<void> => {
    if (!(await confirm(fill(text.revokeAsk, { name: nameOf(member) }), text.revoke))) return;
    await sheet.hide();
    revoke(member.userId);
  };
  if (handing) return <HandOver server={server} member={member} sheet={sheet} cancel={() => setHanding(false)} />;
  return (
    <>
      <ul className="facts">
        <Fact name={text.telegramId}>
          <bdi dir="ltr">{member.userId}</bdi>
        </Fact>
        <Fact name={text.since}>{when(member.grantedAt)}</Fact>
        {member.grantedBy !== null && <Fact name={text.givenBy}>{giverOf(member, members)}</Fact>}
      </ul>
      <ChangeRole server={server} member={member} sheet={sheet} />
      {member.firstName === null ? (
        <p className="hint">{text.offerUnseen}</p>
      ) : (
        <button type="button" className="button plain wide" onClick={() => setHanding(true)}>
          {text.offer}
        </button>
      )}
      <div className="actions">
        <button type="button" className="button danger wide" onClick={() => void ask()}>
          {text.revoke}
        </button>
      </div>
    </>
  );
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <li>
    <span className="hint">{name}</span>
    <span>{children}</span>
  </li>
);

function giverOf({ grantedBy }: Member, members: readonly Member[]) {
  const giver = members.find(({ userId }) => userId === grantedBy);
  return <bdi>{giver ? nameOf(giver) : grantedBy}</bdi>;
}

function ChangeRole({ server, member, sheet }: { server: Server; member: Member; sheet: SheetHandle }) {
  // Never the owner's: that row opens no sheet.
  const [role, setRole] = useState<'viewer' | 'admin'>(member.role === 'admin' ? 'admin' : 'viewer');
  const [end, setEnd] = useState<End>({ length: 'keep', at: '' });
  const change = useChangeMember(server.id, member.userId);
  const save = (): void => {
    const expiresAt = expiryOf(end, Date.now());
    change.mutate(
      { role, ...(expiresAt !== undefined && { expiresAt }) },
      {
        onSuccess: () => {
          haptic('success');
          void sheet.hide();
        },
      },
    );
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!endIsWrong(end) && !change.isPending) save();
      }}
    >
      <Choice<'viewer' | 'admin'>
        legend={text.role}
        value={role}
        onChange={setRole}
        options={(['viewer', 'admin'] as const).map((value) => ({
          value,
          label: words.servers.roles[value],
          help: text.roleHelp[value],
        }))}
      />
      <EndField end={end} onChange={setEnd} kept={member.expiresAt === null ? text.noEnd : when(member.expiresAt)} />
      {change.isError && <Failed error={change.error} />}
      <div className="actions">
        <button type="submit" className="button wide" disabled={change.isPending} aria-busy={change.isPending}>
          {text.save}
        </button>
      </div>
    </form>
  );
}

interface HandOverProps {
  server: Server;
  member: Member;
  sheet: SheetHandle;
  cancel: () => void;
}

function HandOver({ server, member, sheet, cancel }: HandOverProps) {
  const offer = useOfferOwnership(server.id);
  return (
    <StepUpForm
      action={text.offer}
      help={fill(text.offerHelp, { name: nameOf(member) })}
      busy={offer.isPending}
      error={offer.error}
      cancel={cancel}
      confirm={(proof) =>
        offer.mutate(
          { userId: member.userId, proof },
          {
            onSuccess: () => {
              haptic('success');
              void sheet.hide();
            },
          },
        )
      }
    />
  );
}
