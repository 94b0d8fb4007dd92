/** A secret that goes in and must never be seen again, in any spelling. */
export type Canaries = ReadonlyMap<string, string>;

/** What a private key of several lines is recognised by: its last full line, which holds the secret part. */
export const lineOfKey = (privateKey: string): string => {
  const lines = privateKey.split('\n').filter((line) => /^[A-Za-z0-9+/]{40,}$/.test(line));
  return lines.findLast(({ length }) => length === lines[0]?.length) ?? '';
};

/** The names of the canaries that stand in some bytes: as they are, or as JSON (also inside JSON), URL, hex or base64 (at every offset) spell them. */
export function canariesIn(bytes: Uint8Array | string, canaries: Canaries): string[] {
  const haystack = Buffer.from(bytes);
  return [...canaries].filter(([, text]) => spellings(text).some((spelling) => haystack.includes(spelling))).map(([name]) => name);
}

function spellings(text: string): string[] {
  if (text.length < 12) throw new Error('A canary must be long enough to be nothing else');
  const bytes = Buffer.from(text);
  // Three offsets: inside a longer text base64 spells the same bytes in three ways; the ends depend on the neighbours.
  const base64 = [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .slice(offset === 0 ? 0 : 4, -4),
  );
  const inUrls = base64.map((spelling) => spelling.replaceAll('+', '-').replaceAll('/', '_'));
  const inJson = (inner: string): string => JSON.stringify(inner).slice(1, -1);
  // Twice: a body that was put into a log line as text.
  return [text, inJson(text), inJson(inJson(text)), encodeURIComponent(text), bytes.toString('hex'), ...base64, ...inUrls];
}
