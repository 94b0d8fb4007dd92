export interface Tarball {
  /** On this machine, checked against the registry's integrity. */
  file: string;
  size: number;
  /** Hex. */
  sha256: string;
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
  /** A text file of a package, below its folder; kept for ever, since a version never changes. `undefined` when it has none. */
  textOf(name: string, version: string, path: string, signal?: AbortSignal): Promise<string | undefined>;
}
