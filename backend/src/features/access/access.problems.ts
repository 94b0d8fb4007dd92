import { Problem } from '../../lib/problem.ts';

export const memberNotFound = (): Problem => new Problem('access.not_found', 'This person has no access to the server');

export const alreadyMember = (): Problem =>
  new Problem('access.already_member', 'This person has access to the server already', {
    fix: 'Change their role in the list of members.',
  });

export const ownerFixed = (): Problem =>
  new Problem('access.owner_fixed', 'The owner of a server cannot be changed or removed like a member', {
    fix: 'Offer the server to a member: once they accept, they are its owner and you are an admin.',
  });

export const tooMany = (most: number, what: string): Problem =>
  new Problem('access.limit_reached', `There are ${most} ${what} on this server already`, { fix: 'Remove those that are not needed.' });

export const roleNotYours = (): Problem =>
  new Problem('access.role_not_yours_to_give', 'You can give only roles below your own', { fix: 'Ask the owner of the server.' });

export const notAMember = (): Problem =>
  new Problem('ownership.not_a_member', 'Ownership can be offered to a member who has signed in here', {
    fix: 'Give the person access first, and ask them to open the app once.',
  });

export const noOffer = (): Problem => new Problem('ownership.offer_not_found', 'There is no such offer, or it has ended');

export const invitationNotFound = (): Problem =>
  new Problem('invitation.not_found', 'There is no such invitation', { fix: 'Check the link, or ask for a new one.' });

const ASK_AGAIN = 'Ask the person who invited you for a new one.';
export const invitationUsed = (): Problem => new Problem('invitation.used', 'This invitation was used already', { fix: ASK_AGAIN });
export const invitationExpired = (): Problem => new Problem('invitation.expired', 'This invitation has expired', { fix: ASK_AGAIN });
export const invitationVoid = (): Problem => new Problem('invitation.void', 'This invitation is not valid any more', { fix: ASK_AGAIN });
export const forAnotherPerson = (): Problem =>
  new Problem('invitation.for_another_person', 'This invitation is for another person', { fix: ASK_AGAIN });
