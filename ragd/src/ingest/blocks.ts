/** What a position counts: pages of a PDF, lines of a text, rows of a table, paragraphs of the rest. */
export type Unit = 'page' | 'line' | 'row' | 'paragraph';

/** Where a passage stands in its document. `part` is a sheet or a chapter. */
export interface Position {
  unit: Unit;
  from: number;
  to: number;
  heading?: string;
  part?: string;
}

/** One piece of a document in reading order. */
export interface Block {
  text: string;
  at: number;
  /** 1 to 6 when it is a heading. */
  level?: number;
  part?: string;
  /** Its lines mean something: code and tables are cut between lines, prose between sentences. */
  lines?: boolean;
}

export interface Parsed {
  type: string;
  unit: Unit;
  blocks: Iterable<Block> | AsyncIterable<Block>;
}

/** A passage before it is stored. */
export interface Draft {
  heading: string;
  text: string;
  overlap: number;
  position: Position;
}
