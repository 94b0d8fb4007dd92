import type { ApiDocument } from './document.ts';

/** What kept the document away, in a sentence for people. */
export class NotRead extends Error {}

const WITHIN_MS = 20_000;
// A session's JWT, or a personal token.
const TOKEN = /^([\w-]+\.[\w-]+\.[\w-]+|cmr_[\w-]+)$/;

async function ask(path: string, options: RequestInit): Promise<{ status: number; body: Record<string, unknown> }> {
  try {
    const response = await fetch(`/api${path}`, { ...options, signal: AbortSignal.timeout(WITHIN_MS) });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
  } catch {
    throw new NotRead('The server cannot be reached. Check the connection, then try again.');
  }
}

const post = (path: string, body: object) =>
  ask(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/** The document, read with a token that is kept nowhere. */
export async function readWith(token: string): Promise<ApiDocument> {
  if (token.length > 4000 || !TOKEN.test(token)) throw new NotRead('That is no token. A personal token begins with cmr_.');
  const { status, body } = await ask('/openapi.json', { headers: { authorization: `Bearer ${token}` } });
  if (status !== 200) throw new NotRead([body['error'], body['fix']].filter(Boolean).join('. ') || `The server answered ${status}.`);
  return body as unknown as ApiDocument; // our own server's, which has parsed it
}

/** Signs in as the app does after a reload, reads, and signs out again: nothing of it stays. `undefined` where no launch is there. */
export async function readWithLaunch(): Promise<ApiDocument | undefined> {
  const initData = new URLSearchParams(sessionStorage.getItem('launch') ?? '').get('tgWebAppData');
  if (initData === null) return undefined;
  return readOnce(await post('/auth/telegram', { initData }));
}

/** Whether this is the local trial, whose one person signs in by a press. */
export const isTrial = async (): Promise<boolean> => (await ask('/health', {})).body['trial'] === true;

export const readInTrial = async (): Promise<ApiDocument> => readOnce(await post('/auth/trial', {}));

async function readOnce({ status, body }: { status: number; body: Record<string, unknown> }): Promise<ApiDocument> {
  const token = body['token'];
  if (status !== 200 || typeof token !== 'string') throw new NotRead(String(body['error'] ?? `The server answered ${status}.`));
  const read = await readWith(token);
  await ask('/auth/sign-out', { method: 'POST', headers: { authorization: `Bearer ${token}` } }).catch(() => undefined); // it ends by itself
  return read;
}
