import { Problem } from '../../lib/problem.ts';

export const serverNotFound = (): Problem => new Problem('server.not_found', 'There is no such server, or it is not shared with you');

export const secretRequired = (path: string, why: string): Problem =>
  new Problem('server.secret_required', why, { issues: [{ path, message: 'is required' }] });

export const limitReached = (most: number): Problem =>
  new Problem('server.limit_reached', `You have ${most} servers: that is the most that one person may own here`);

export const changedMeanwhile = (): Problem =>
  new Problem('server.changed_meanwhile', 'This server was changed by somebody else at the same moment', {
    fix: 'Look at it again, then repeat what you wanted.',
  });

export const testedTooOften = (seconds: number): Problem =>
  new Problem('request.too_many', `This address was tested too often; try again in ${seconds} s`, { retryAfter: seconds });

export const hostKeyNotSeen = (): Problem =>
  new Problem('server.host_key_not_seen', 'This is not the key that the last test has shown', {
    fix: 'Test the server again and confirm the fingerprint that it shows now.',
  });

export const builtIn = (): Problem =>
  new Problem('server.built_in', '“This machine” belongs to the local trial and cannot be changed', {
    fix: 'npm run trial:remove takes away all that the trial has made.',
  });
