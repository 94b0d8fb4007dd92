import type { Member } from '@clawmoor/shared/access.ts';
import { sessionState } from '../../api/session.ts';
import { Icon } from '../../ui/icon.tsx';
import { Sheet, useSheet } from '../../ui/sheet.tsx';
import { access as text } from '../../words/en/access.ts';
import { when } from '../../words/when.ts';
import { fill, words } from '../../words/words.ts';
import { MemberSheet, nameOf, type MemberProps } from './member-sheet.tsx';

function isMe({ userId }: Member): boolean {
  const session = sessionState();
  return session.kind === 'in' && session.session.user.id === userId;
}

/** One person. The owner opens the row and changes what stands in it; for others it is read. */
export function MemberRow(props: MemberProps) {
  const { server, member } = props;
  const sheet = useSheet(`member-${member.userId}`);
  if (server.role !== 'owner' || member.role === 'owner')
    return (
      <li className="row">
        <Person member={member} />
      </li>
    );
  return (
    <li>
      <button type="button" className="row" aria-haspopup="dialog" onClick={sheet.show}>
        <Person member={member} />
        <span className="chevron">
          <Icon name="chevron" />
        </span>
      </button>
      <Sheet sheet={sheet} title={nameOf(member)}>
        <MemberSheet {...props} sheet={sheet} />
      </Sheet>
    </li>
  );
}

function Person({ member }: { member: Member }) {
  return (
    <>
      <span className="grow">
        <bdi>{member.firstName ?? text.unseen}</bdi> {isMe(member) && <span className="tag quiet">{text.you}</span>}
        <small>
          <bdi dir="ltr">{member.username === null ? member.userId : `@${member.username}`}</bdi>
        </small>
        {member.expiresAt !== null && <small>{fill(text.until, { time: when(member.expiresAt) })}</small>}
      </span>
      <span className="tag">{words.servers.roles[member.role]}</span>
    </>
  );
}
