import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { BUG, mismatches, type Answered } from './response-check.ts';

const wrong: string[] = [];
let bugsWanted = false;

/** For a test that breaks something on purpose: until its end, an unexpected failure is no mismatch. */
export const wantBugs = (): void => void (bugsWanted = true);
export const wantNoBugs = (): void => void (bugsWanted = false);

/** Throws with what is wrong with the responses since this was last asked. */
export function demandDeclared(): void {
  const said = wrong.splice(0);
  if (said.length > 0) throw new Error(`Responses that the route table does not promise:\n${said.join('\n')}`);
}

/** Remembers what is wrong with a response, for `demandDeclared`. */
export function judge(answered: Answered): void {
  wrong.push(...mismatches(answered).filter((words) => !(bugsWanted && words.endsWith(BUG))));
}

/** `fetch` for an app in another process: judges what it answered, and answers it. */
export async function judgedFetch(url: string, options: RequestInit = {}): Promise<Response> {
  const response = await fetch(url, options);
  const text = await response.clone().text();
  const { pathname, search } = new URL(url);
  judge({
    method: options.method ?? 'GET',
    path: pathname + search,
    status: response.status,
    header: (name) => response.headers.get(name) ?? undefined,
    text,
  });
  demandDeclared();
  return response;
}

/** Judges every response of a server as it leaves, whoever asked. `isOurs`: what is for another host name is not the API's. */
export function judgeResponses(server: Server, isOurs: (request: IncomingMessage) => boolean): void {
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!isOurs(request)) return;
    const { method = 'GET', url: path = '/' } = request; // now: the router rewrites `url` for a while
    const chunks: Uint8Array[] = [];
    const keep = (chunk: unknown): void => {
      if (response.getHeader('content-disposition') !== undefined) return; // a file: only its headers are judged
      if (typeof chunk === 'string') chunks.push(Buffer.from(chunk));
      else if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
    };
    // The overloads of both do not survive `bind`; the words are passed on as they came.
    const write = response.write.bind(response) as (...words: unknown[]) => boolean;
    const end = response.end.bind(response) as (...words: unknown[]) => ServerResponse;
    response.write = ((...words: unknown[]) => {
      keep(words[0]);
      return write(...words);
    }) as typeof response.write;
    response.end = ((...words: unknown[]) => {
      keep(words[0]);
      const header = (name: string): string | undefined => response.getHeader(name)?.toString();
      judge({ method, path, status: response.statusCode, header, text: Buffer.concat(chunks).toString() });
      return end(...words);
    }) as typeof response.end;
  });
}
