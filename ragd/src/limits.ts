const MIB = 1024 * 1024;

/** What the service takes, and what a document may cost. Each is said in the README; the numbers were measured on a 2 GB server. */
export const limits = {
  fileBytes: 25 * MIB,
  agentBytes: 500 * MIB,
  agentFiles: 2_000,
  agents: 200,
  jsonBytes: 256 * 1024,
  questions: 200,
  queryChars: 4_000,
  archiveBytes: 600 * MIB,
  /** Of an archive once it is unpacked: documents, passages and vectors. */
  archiveUnpackedBytes: 3_000 * MIB,

  /** Of one document, after parsing. */
  textChars: 2_000_000,
  pages: 3_000,
  /** Of a zip container (DOCX, XLSX, EPUB): all entries together, their number, and how much smaller packing may make them. */
  zipBytes: 100 * MIB,
  zipEntries: 5_000,
  zipRatio: 100,
  /** Below this the ratio says nothing: an empty sheet packs 200 times. */
  zipRatioFromBytes: 4 * MIB,

  /** Of the child process that parses. */
  parseMs: 60_000,
  parseHeapMib: 160,
  parseRssMib: 230,
  parseOutputBytes: 24 * MIB,

  chunkHardChars: 2_000,
} as const;
