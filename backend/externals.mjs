/** Packages that stay outside the bundle: they have native parts, or load files of their own. A release carries them in node_modules. */
export const EXTERNALS = ['better-sqlite3', 'ssh2', 'cpu-features', 'pino'];

/** Parts of `pg` that are for other runtimes; it asks for them only there. */
export const NEVER_LOADED = ['pg-native', 'pg-cloudflare'];
