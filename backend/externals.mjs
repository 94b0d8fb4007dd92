/** Packages that stay outside the bundle: they have native parts, or load files of their own. A release carries them in node_modules. */
export const EXTERNALS = ['better-sqlite3', 'ssh2', 'cpu-features', 'pino'];
