import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/**
 * The server has parsed every answer with the schemas of the table already, so a built app does not carry them a second time:
 * every function of zod/mini becomes one object that accepts all. 10 kB less before the first paint; see
 * docs/decisions/0009-no-schemas-in-the-built-app.md. The development server keeps the real ones.
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
  };
}

/** What the table of operations says to readers of the reference and of the audit log is never drawn: a browser need not load it. */
function withoutSummaries(): Plugin {
  return {
    name: 'without-summaries',
    apply: 'build',
    enforce: 'pre',
    transform: {
      filter: { id: /\/shared\/src\/[\w-]+\.ts$/ },
      handler: (code) => code.replace(/\b(?:summary|audit):\s*(['"`])(?:\\.|(?!\1).)*\1,/g, ''),
    },
  };
}

/** The screens that a link opens cold: what they import is fetched beside them, not after them. The list of it weighs in the first file. */
const OPENED_COLD = /\/(server-page|task-page|approvals)-/;

export default defineConfig({
  plugins: [withoutSchemas(), withoutSummaries(), react()],
  // React has it by itself; the router brings a copy for older ones.
  resolve: { alias: { 'use-sync-external-store/shim/index.js': 'react' } },
  // What Telegram's web views of the last three years understand.
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    rolldownOptions: { input: ['index.html', 'docs.html'] },
    modulePreload: { polyfill: false, resolveDependencies: (url, needed) => (OPENED_COLD.test(url) ? needed : []) },
    reportCompressedSize: true,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:3000' } },
});
