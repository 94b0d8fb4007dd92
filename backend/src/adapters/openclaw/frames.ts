import * as z from 'zod/mini';
import { VERSION } from '../../version.ts';

// What the gateway of 2026.9 speaks. A range down to 3 would be a promise that no test holds.
export const PROTOCOL = 4;

const Issue = z.object({ path: z.string(), message: z.string() });

const Frame = z.discriminatedUnion('type', [
  z.object({ type: z.literal('event'), event: z.string(), payload: z.optional(z.unknown()) }),
  z.object({
    type: z.literal('res'),
    id: z.string(),
    ok: z.boolean(),
    payload: z.optional(z.unknown()),
    error: z.optional(
      z.object({
        code: z.optional(z.string()),
        message: z.optional(z.string()),
        // Whatever else stands in the details of a method's own error is its business.
        details: z.catch(
          z.optional(z.object({ code: z.optional(z.string()), issues: z.catch(z.optional(z.array(Issue)), undefined) })),
          undefined,
        ),
        retryAfterMs: z.optional(z.number()),
      }),
    ),
  }),
]);
export type Frame = z.output<typeof Frame>;

const shortText = z.string().check(z.maxLength(200));
export const Hello = z.object({
  protocol: z.number(),
  server: z.object({ version: shortText, bootId: z.optional(shortText) }),
  features: z.catch(z.optional(z.object({ methods: z.optional(z.array(z.string())) })), undefined),
  policy: z.optional(z.object({ tickIntervalMs: z.optional(z.number()) })),
});
export type Hello = z.output<typeof Hello>;

/** `other`: a kind of frame that is none of ours, as a newer gateway may send. `undefined`: not the gateway's protocol. */
export function parseFrame(text: string): Frame | 'other' | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const parsed = Frame.safeParse(value);
    if (parsed.success) return parsed.data;
    const kind = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
    return typeof kind === 'string' && kind !== 'event' && kind !== 'res' ? 'other' : undefined;
  } catch {
    return undefined;
  }
}

export const connectParams = (
  token: string | undefined,
  scopes: readonly string[],
  caps: readonly string[] = [],
): Record<string, unknown> => ({
  minProtocol: PROTOCOL,
  maxProtocol: PROTOCOL,
  // Both are closed lists of the gateway's; our own name goes into `displayName`.
  client: { id: 'gateway-client', mode: 'backend', version: VERSION, platform: process.platform, displayName: 'Clawmoor' },
  role: 'operator',
  scopes,
  caps: ['tool-events', ...caps],
  ...(token !== undefined && { auth: { token } }),
});
