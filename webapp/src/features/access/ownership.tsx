import type { OwnershipOffer } from '@clawmoor/shared/access.ts';
import type { Server } from '@clawmoor/shared/servers.ts';
import { useAcceptOwnership, useDeclineOwnership, useMyOffers, useOffer, useWithdrawOffer } from '../../api/access-queries.ts';
import { haptic } from '../../telegram/controls.ts';
import { confirm } from '../../telegram/popup.ts';
import { Failed } from '../../ui/parts.tsx';
import { access as text } from '../../words/en/access.ts';
import { fill } from '../../words/words.ts';
import { when } from '../../words/when.ts';

/** The owner's own offer, while it is open. */
export function OpenOffer({ serverId }: { serverId: string }) {
  const offer = useOffer(serverId, true);
  const withdraw = useWithdrawOffer(serverId);
  if (offer.isError && offer.data === undefined) return <Failed error={offer.error} retry={() => void offer.refetch()} />;
  if (!offer.data) return null;
  const { to, expiresAt } = offer.data;
  return (
    <section className="notice">
      <p>{fill(text.offered, { name: to.firstName, time: when(expiresAt) })}</p>
      {withdraw.isError && <Failed error={withdraw.error} />}
      <button type="button" className="button plain" disabled={withdraw.isPending} onClick={() => withdraw.mutate(undefined)}>
        {text.withdraw}
      </button>
    </section>
  );
}

/** What the owner of this server wants to hand over to the person who looks. */
export function OfferedToMe({ server }: { server: Server }) {
  const offers = useMyOffers(server.role !== 'owner');
  const offer = offers.data?.find(({ serverId }) => serverId === server.id);
  return offer ? <AnswerOffer offer={offer} /> : null;
}

function AnswerOffer({ offer }: { offer: OwnershipOffer }) {
  const accept = useAcceptOwnership(offer.serverId);
  const decline = useDeclineOwnership(offer.serverId);
  const busy = accept.isPending || decline.isPending;
  const failure = accept.error ?? decline.error;
  const ask = async (): Promise<void> => {
    if (await confirm(fill(text.acceptAsk, { name: `“${offer.serverName}”` }), text.accept))
      accept.mutate(undefined, { onSuccess: () => haptic('success') });
  };
  return (
    <section className="notice">
      <p>{fill(text.offeredToYou, { name: offer.from.firstName, time: when(offer.expiresAt) })}</p>
      {failure !== null && <Failed error={failure} />}
      <div className="actions">
        <button type="button" className="button" disabled={busy} aria-busy={accept.isPending} onClick={() => void ask()}>
          {text.accept}
        </button>
        <button type="button" className="button plain" disabled={busy} onClick={() => decline.mutate(undefined)}>
          {text.decline}
        </button>
      </div>
    </section>
  );
}
