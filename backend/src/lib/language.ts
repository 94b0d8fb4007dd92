import type { Language } from '@clawmoor/shared/me.ts';
import type * as z from 'zod/mini';

export type Tongue = z.output<typeof Language>;

/** The person's own choice, else what their Telegram client speaks, else English. */
export const tongueOf = (chosen: Tongue | null | undefined, clientCode: string | null | undefined): Tongue =>
  chosen ?? (/^ru\b/i.test(clientCode ?? '') ? 'ru' : 'en');
