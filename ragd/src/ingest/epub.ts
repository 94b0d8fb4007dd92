import { Parser } from 'htmlparser2';
import { Problem } from '../problem.ts';
import type { Block } from './blocks.ts';
import { htmlBlocks } from './html.ts';
import type { ZipEntry } from './zip.ts';

/** The chapters of a book in the order of its spine, each under the heading it begins with. */
export function* epubBlocks(entries: readonly ZipEntry[]): Iterable<Block> {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const read = (name: string): string | undefined => byName.get(name)?.read().toString('utf8');
  const container = read('META-INF/container.xml') ?? '';
  const packagePath = elements(container).find(({ name }) => name === 'rootfile')?.attributes['full-path'];
  const spine = packagePath === undefined ? undefined : read(packagePath);
  if (packagePath === undefined || spine === undefined)
    throw new Problem('file.broken', 'This book has no table of its parts', { fix: 'Convert it to EPUB again.' });
  const parts = elements(spine);
  const hrefs = new Map(parts.filter(({ name }) => name === 'item').map(({ attributes }) => [attributes['id'], attributes['href']]));
  let [at, chapter] = [0, 0];
  for (const { name, attributes } of parts) {
    if (name !== 'itemref') continue;
    const href = hrefs.get(attributes['idref']);
    const html = href === undefined ? undefined : read(resolved(packagePath, href));
    if (html === undefined) continue;
    chapter += 1;
    const blocks = htmlBlocks(html, { part: `chapter ${chapter}`, from: at });
    at += blocks.length;
    yield* blocks;
  }
}

const resolved = (from: string, href: string): string =>
  decodeURIComponent(new URL(href.split('#')[0] ?? '', `zip://book/${from}`).pathname.slice(1));

function elements(xml: string): { name: string; attributes: Record<string, string> }[] {
  const found: { name: string; attributes: Record<string, string> }[] = [];
  const parser = new Parser(
    { onopentag: (name, attributes) => void found.push({ name: name.replace(/^.*:/, ''), attributes }) },
    { xmlMode: true },
  );
  parser.end(xml);
  return found;
}
