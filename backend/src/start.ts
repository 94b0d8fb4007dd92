// The program of the bundle. What V8 made of the code last time is found again only by modules loaded after the first line here.
import { enableCompileCache, flushCompileCache } from 'node:module';

enableCompileCache();
await import('./main.ts');
// Node writes it down when it ends well. A process that is killed must not make the next start slow.
setTimeout(flushCompileCache, 2_000).unref();
