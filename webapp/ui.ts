// npm run ui: serves the page that shows every element of the kit, and prints its address.
import { createServer } from 'vite';

/** Serves the sources on loopback; changes show at once. */
export async function serveKit({ port = 5174 }: { port?: number } = {}): Promise<{ url: string; close: () => Promise<void> }> {
  const server = await createServer({ root: import.meta.dirname, logLevel: 'warn', server: { host: '127.0.0.1', port } });
  await server.listen();
  const address = server.httpServer?.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : port}/ui.html`, close: () => server.close() };
}

if (import.meta.main) console.log(`The kit: ${(await serveKit()).url}`);
