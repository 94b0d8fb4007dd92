export interface Tarball {
  /** On this machine, checked against the registry's integrity. */
  file: string;
  size: number;
  /** Hex. */
  sha256: string;
}

/** A security advisory. */
export interface Hole {
  /** Of versions that have it: `<2026.9.6`. */
  range: string;
  title: string;
  /** As the registry says it: `critical`, `high`, `moderate`, `low`. */
  severity: string;
}

/** Packages of the npm registry, for servers that have no npm yet. `adapters/npm` is the real one. */
export interface NodePackages {
  /** Throws `setup.node_unavailable` or `setup.node_integrity`. */
  tarball(name: string, version: string, signal?: AbortSignal): Promise<Tarball>;
  /** The version behind a dist-tag; remembered for 10 minutes. */
  latest(name: string, tag?: string, signal?: AbortSignal): Promise<string>;
  /** The range of Node.js versions that a version asks for; `undefined` when it asks for none. Throws `setup.version_not_found`. */
  engine(name: string, version: string, signal?: AbortSignal): Promise<string | undefined>;
  /** Every version that was ever published; remembered for 10 minutes. */
  versions(name: string, signal?: AbortSignal): Promise<string[]>;
  /** Known holes of a package, by the versions that have them; the registry is told which versions are asked about. */
  holes(name: string, versions: readonly string[], signal?: AbortSignal): Promise<Hole[]>;
  /** A text file of a package, below its folder; kept for ever, since a version never changes. `undefined` when it has none. */
  textOf(name: string, version: string, path: string, signal?: AbortSignal): Promise<string | undefined>;
}
