const TIMEOUT_MS = 10_000;
const TELEGRAM = 'https://api.telegram.org';

export interface BotAnswer {
  /** undefined: Telegram refused, and `refusal` says why. */
  result: Record<string, unknown> | undefined;
  refusal: string | undefined;
  /** How far this machine's clock is ahead of Telegram's, in seconds. */
  clockAheadSeconds: number | undefined;
}

/** Calls one method of the Bot API. Throws when Telegram cannot be reached; never shows the address, as the token is in it. */
export async function callBot(
  { token, root = TELEGRAM }: { token: string; root?: string | undefined },
  method: string,
  parameters: unknown = {},
): Promise<BotAnswer> {
  const response = await fetch(`${root.replace(/\/$/, '')}/bot${token}/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(parameters),
    signal: AbortSignal.timeout(TIMEOUT_MS),
    redirect: 'error',
  }).catch((error: Error) => {
    const { code } = (error.cause ?? {}) as { code?: string }; // undici puts the reason there
    throw new Error(code ?? error.name);
  });
  const date = Date.parse(response.headers.get('date') ?? '');
  const answer = (await response.json().catch(() => ({}))) as { ok?: boolean; result?: Record<string, unknown>; description?: string };
  return {
    result: answer.ok === true ? (answer.result ?? {}) : undefined,
    refusal: answer.ok === true ? undefined : (answer.description ?? `status ${response.status}`),
    clockAheadSeconds: Number.isNaN(date) ? undefined : Math.round((Date.now() - date) / 1000),
  };
}
