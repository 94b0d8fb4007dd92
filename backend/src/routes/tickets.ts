import type { ticketRoutes } from '@clawmoor/shared/tickets.ts';
import type { Tickets } from '../features/tickets/tickets.ts';
import type { Handlers } from '../http/handlers.ts';

export function ticketHandlers({ tickets }: { tickets: Tickets }): Handlers<typeof ticketRoutes> {
  return {
    async createTicket({ body }, { caller, note }) {
      note({ target: body.path });
      return tickets.create(caller, body.path);
    },
  };
}
