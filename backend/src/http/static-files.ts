import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import express, { type RequestHandler, Router } from 'express';

/** Serves the built web app: hashed files for ever, the page itself never from a cache; any other path is the page. */
export function staticFiles(folder: string): RequestHandler {
  const router = Router();
  router.use(
    express.static(folder, {
      index: false,
      redirect: false,
      setHeaders: (response, path) => {
        const hashed = path.includes(`${'/'}assets${'/'}`);
        response.setHeader('Cache-Control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    }),
  );
  router.get('/*path', page(folder));
  router.get('/', page(folder));
  return router;
}

const page =
  (folder: string): RequestHandler =>
  (request, response, next) => {
    if (/\.[a-z0-9]{2,5}$/i.test(request.path)) return next();
    if (!existsSync(join(folder, 'index.html'))) {
      response.status(503).type('text/plain').send('The web app is not built. Run: npm run build\n');
      return;
    }
    response.setHeader('Cache-Control', 'no-store');
    response.sendFile('index.html', { root: folder, cacheControl: false, lastModified: false, etag: false });
  };

/** The command line of the same version, to be fetched with curl. A download, and nothing that a page could run. */
export const commandLineFile =
  (file: string): RequestHandler =>
  (_request, response, next) => {
    if (!existsSync(file)) return next();
    response.setHeader('Content-Type', 'application/octet-stream');
    response.setHeader('Content-Disposition', 'attachment; filename="clawmoor.mjs"');
    response.sendFile(basename(file), { root: dirname(file), maxAge: 0 });
  };
