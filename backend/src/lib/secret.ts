import { createHash, randomBytes } from 'node:crypto';

/** Something that opens a door by itself: 192 random bits. It is shown once; stored is its hash alone. */
export const newSecret = (): string => randomBytes(24).toString('base64url');

/** No salt and no stretching: the secret is random in the first place, so there is nothing to guess. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');
