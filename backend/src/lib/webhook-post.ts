/** Posts a text to an address, or only calls it, and tells what came of it; never throws for what the other side does. */
export type WebhookPost = (request: {
  url: string;
  /** POST where nothing is said. */
  method?: 'GET' | 'POST';
  headers: Record<string, string>;
  body: string;
  signal: AbortSignal;
}) => Promise<{ status: number | undefined; error: string | undefined; ms: number }>;
