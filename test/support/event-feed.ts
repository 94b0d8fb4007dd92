export interface FeedEvent {
  event: string;
  id: number | undefined;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into events of every shape
  data: any;
}

export interface Feed {
  status: number;
  /** Everything that came so far. */
  seen: FeedEvent[];
  /** Waits until one comes, or has come, that fits; 30 s at most. */
  until: (fits: (event: FeedEvent) => boolean) => Promise<FeedEvent>;
  close: () => void;
  /** Resolves when the other side has ended it. */
  ended: Promise<void>;
}

/** A feed of server-sent events as a phone reads it. */
export async function openFeed(url: string, { token, lastEventId }: { token: string; lastEventId?: number | undefined }): Promise<Feed> {
  const stop = new AbortController();
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${token}`, ...(lastEventId !== undefined && { 'last-event-id': String(lastEventId) }) },
    signal: stop.signal,
  });
  const seen: FeedEvent[] = [];
  let wake = (): void => {};
  const ended = read(response, (event) => {
    seen.push(event);
    wake();
  }).catch(() => {}); // closed by the test
  return {
    status: response.status,
    seen,
    async until(fits) {
      const endAt = performance.now() + 30_000;
      for (;;) {
        const found = seen.find(fits);
        if (found) return found;
        if (performance.now() > endAt) throw new Error(`Nothing came that fits; there was: ${JSON.stringify(seen).slice(-3_000)}`);
        await new Promise<void>((resolve) => {
          const late = setTimeout(resolve, 500);
          wake = () => (clearTimeout(late), resolve());
        });
      }
    },
    close: () => stop.abort(),
    ended,
  };
}

async function read(response: Response, onEvent: (event: FeedEvent) => void): Promise<void> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = Object.fromEntries(
        block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
      );
      const { event, id, data } = fields;
      if (event && data) onEvent({ event, id: id === undefined ? undefined : Number(id), data: JSON.parse(data) });
    }
  }
}
