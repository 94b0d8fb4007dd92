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
}
