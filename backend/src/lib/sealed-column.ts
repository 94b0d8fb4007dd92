/** A sealed value where it is stored: what key rotation needs to know. */
export interface SealedValue {
  /** Orders the values of a column. */
  key: string;
  envelope: string;
  /** What the envelope is bound to. */
  aad: string;
}

/** A column whose texts are sealed. Each part that seals something names its own; `world/sealed-columns.ts` lists them. */
export interface SealedColumn {
  name: string;
  /** The next values after a key, in order of their keys. */
  page(after: string, limit: number): Promise<SealedValue[]>;
  /** In one transaction, each only where the old envelope still stands. Answers how many were replaced. */
  replace(changes: readonly (SealedValue & { resealed: string })[]): Promise<number>;
}
