import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/**
 * The server has parsed every answer with the schemas of the table already, so a built app does not carry them a second time:
 * every function of zod/mini becomes one object that accepts all, and what it is called with is left out. 11 kB less before the
 * first paint; see docs/decisions/0009-no-schemas-in-the-built-app.md. The development server keeps the real ones.
 */
function withoutSchemas(): Plugin {
  const STAND_IN = '\0schemas';
  return {
    name: 'without-schemas',
    apply: 'build',
    enforce: 'pre',
    resolveId: (name) => (name === 'zod/mini' ? STAND_IN : undefined),
    async load(id) {
      if (id !== STAND_IN) return undefined;
      const names = Object.keys(await import('zod/mini')).filter((name) => name !== 'default');
      return `const refuse = () => { throw new Error('Schemas are not part of the built app: validate with a function, or let the server'); };
const any = /* @__PURE__ */ new Proxy(() => any, {
  get: (_, key) => typeof key === 'symbol' || key === 'then' ? undefined : key === 'parse' ? (value) => value : key === 'safeParse' ? refuse : any,
  apply: () => any,
});
export { ${names.map((name) => `any as ${name}`).join(', ')} };`;
    },
    transform: {
      // After TypeScript is gone.
      order: 'post',
      handler(code) {
        const name = /import \* as (\w+) from ["']zod\/mini["']/.exec(code)?.[1];
        if (name === undefined) return undefined;
        const calls = outermostCalls(this.parse(code), name).toReversed();
        return { code: calls.reduce((text, { start, end }) => `${text.slice(0, start)}${name}.any${text.slice(end)}`, code), map: null };
      },
    },
  };
}

interface SyntaxNode {
  type: string;
  start: number;
  end: number;
}

/** Where `z.…(…)` stands in a module, whatever is chained to it; calls within calls go with the outer one. */
function outermostCalls(node: object, name: string): SyntaxNode[] {
  if (isNode(node) && node.type === 'CallExpression' && rootOf(node) === name) return [node];
  return Object.values(node).flatMap((inner: unknown) => (typeof inner === 'object' && inner !== null ? outermostCalls(inner, name) : []));
}

const isNode = (value: object): value is SyntaxNode => 'type' in value && 'start' in value && 'end' in value;

/** The name at the beginning of `a.b(c).d`. */
function rootOf(node: object): string | undefined {
  if ('callee' in node) return rootOf(node.callee as object);
  if ('object' in node) return rootOf(node.object as object);
  return 'name' in node ? String(node.name) : undefined;
}

/** What only the server and its reference read of the table: the app shows none of it, and the home screen's part alone is half a kilobyte. */
function withoutNotes(): Plugin {
  return {
    name: 'without-notes',
    apply: 'build',
    enforce: 'pre',
    transform: (code, id) =>
      id.includes('/shared/src/') ? code.replace(/\b(?:summary|audit|limit):\s*(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"),/g, '') : undefined,
  };
}

/** The screens that a link opens cold: what they import is fetched beside them, not after them. The list of it weighs in the first file. */
const OPENED_COLD = /\/(server-page|task-page|approvals)-/;

// The index of the query library names every part of it, and so seems to need them all.
const ONLY_LATER = /query.*\/(infiniteQueryObserver|queriesObserver|useInfiniteQuery|useQueries)\./;

/** Whether a module is loaded with the app itself. Such modules are kept in one file: cut into several they weigh 2 kB more. */
function neededAtStart(id: string, infoOf: (id: string) => { importers: readonly string[] } | null, seen = new Set<string>()): boolean {
  if (seen.has(id) || ONLY_LATER.test(id)) return false;
  seen.add(id);
  const known = infoOf(id);
  return known !== null && (id.endsWith('/webapp/index.html') || known.importers.some((importer) => neededAtStart(importer, infoOf, seen)));
}

export default defineConfig({
  plugins: [withoutSchemas(), withoutNotes(), react()],
  // The router brings a stand-in for what React itself has since version 18.
  resolve: { alias: { 'use-sync-external-store/shim/index.js': 'react' } },
  // What Telegram's web views of the last three years understand.
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: {
      polyfill: false,
      resolveDependencies: (url, needed, { hostType }) => (hostType === 'html' || OPENED_COLD.test(url) ? needed : []),
    },
    reportCompressedSize: true,
    rolldownOptions: {
      input: ['index.html', 'docs.html'],
      output: {
        codeSplitting: { groups: [{ name: (id, graph) => (neededAtStart(id, (one) => graph.getModuleInfo(one)) ? 'first' : null) }] },
      },
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:3000' } },
});
