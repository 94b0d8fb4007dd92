/** Posts a text to an address and tells what came of it; never throws for what the other side does. */
export type WebhookPost = (request: {
  url: string;
  headers: Record<string, string>;
  body: string;
  signal: AbortSignal;
}) => Promise<{ status: number | undefined; error: string | undefined; ms: number }>;
