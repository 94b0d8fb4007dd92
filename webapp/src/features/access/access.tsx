import { useLocation } from 'wouter';
import type { Server } from '@clawmoor/shared/servers.ts';
import { useLeaveServer, useMembers, useRevokeMember } from '../../api/access-queries.ts';
import { useServer } from '../../api/server-queries.ts';
import { haptic } from '../../telegram/controls.ts';
import { confirm } from '../../telegram/popup.ts';
import { List } from '../../ui/list.tsx';
import { Failed, Show } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { access as text } from '../../words/en/access.ts';
import { fill, words } from '../../words/words.ts';
import { Invitations } from './invitations.tsx';
import { MemberRow } from './member.tsx';
import { OfferedToMe, OpenOffer } from './ownership.tsx';

/** Who may do what on a server; what can be changed there depends on the role of who looks. */
export function Access({ id }: { id: string }) {
  const server = useServer(id);
  if (server.data) return <AccessOf server={server.data} />;
  return (
    <Screen title={text.title}>
      <Show query={server}>{() => null}</Show>
    </Screen>
  );
}

function AccessOf({ server }: { server: Server }) {
  const [, go] = useLocation();
  const { id, role } = server;
  const seesOthers = role !== 'viewer';
  const main = seesOthers ? { text: text.invite, press: () => go(`/servers/${id}/access/invite`) } : undefined;
  return (
    <Screen title={text.title} main={main}>
      {role === 'owner' ? <OpenOffer serverId={id} /> : <OfferedToMe server={server} />}
      {role !== 'owner' && (
        <section className="card">
          <p className="line-between">
            {text.yours} <span className="tag">{words.servers.roles[role]}</span>
          </p>
          <p>{text.roleHelp[role]}</p>
          <p className="hint">{role === 'viewer' ? text.viewerHelp : text.adminHelp}</p>
        </section>
      )}
      {seesOthers && (
        <>
          <h2>{text.people}</h2>
          <People server={server} />
          <h2>{text.invitations}</h2>
          <Invitations serverId={id} />
        </>
      )}
      {role === 'owner' ? <p className="hint under">{text.ownerStays}</p> : <Leave server={server} />}
    </Screen>
  );
}

/** There is always one, the owner: this list has no empty face. */
function People({ server }: { server: Server }) {
  const members = useMembers(server.id, true);
  const revoke = useRevokeMember(server.id);
  const end = (userId: string): void => revoke.mutate(userId, { onSuccess: () => haptic('success') });
  return (
    <Show query={members} rows={2}>
      {(all) => (
        <>
          {revoke.isError && <Failed error={revoke.error} />}
          <List>
            {all.map((member) => (
              <MemberRow key={member.userId} server={server} member={member} members={all} revoke={end} />
            ))}
          </List>
        </>
      )}
    </Show>
  );
}

function Leave({ server }: { server: Server }) {
  const leave = useLeaveServer(server.id);
  const [, go] = useLocation();
  const ask = async (): Promise<void> => {
    if (!(await confirm(fill(text.leaveAsk, { name: `“${server.name}”` }), text.leave))) return;
    leave.mutate(undefined, {
      onSuccess: () => {
        haptic('success');
        go('/', { replace: true });
      },
    });
  };
  return (
    <>
      {leave.isError && <Failed error={leave.error} />}
      <button
        type="button"
        className="button danger wide"
        disabled={leave.isPending}
        aria-busy={leave.isPending}
        onClick={() => void ask()}
      >
        {text.leave}
      </button>
    </>
  );
}
