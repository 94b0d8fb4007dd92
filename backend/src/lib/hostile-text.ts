// Control characters, those that turn the direction of writing, and those that nobody sees.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Text that somebody else chose, for people to read: what would hide or act is spelled out as `\u{…}`; line breaks stay if asked. */
export const visible = (text: string, { lines = false } = {}): string =>
  text.replace(UNSEEN, (character) =>
    lines && (character === '\n' || character === '\t') ? character : `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );

const SECRET = '[secret]';

// No pattern may look for its end anew from each of many beginnings: a line of 64 KiB took 3 s, in which nobody is served.
// Shapes of the keys of providers, of tokens and of what stands after words that announce one.
const SHAPES: readonly [RegExp, string][] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, SECRET],
  [/\b(?:sk|pk|rk)-[\w-]{16,}/g, SECRET],
  [/\b(?:sk|rk)_(?:live|test)_\w{10,}/g, SECRET],
  [/\bAIza[\w-]{30,}/g, SECRET],
  [/\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|hf_\w{20,}|gsk_\w{20,}|xai-\w{20,}|nvapi-[\w-]{20,}|npm_\w{20,})/g, SECRET],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, SECRET],
  [/\bxox[abeoprs]-[\w-]{10,}/g, SECRET],
  [/\b\d{6,12}:[\w-]{30,}/g, SECRET],
  [/\beyJ[\w-]{8,512}\.[\w-]{8,}(?:\.[\w-]*)?/g, SECRET],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${SECRET}`],
  [/(:\/\/[^\s:/@]*):[^\s/@]+@/g, `$1:${SECRET}@`],
  [
    /((?:api[_-]?key|access[_-]?key|secret|passw(?:or)?d|passphrase|token|authorization|credential|cookie)s?\\?["']?\s*[=:]\s*\\?["']?)(?!\[secret\])[^\s"'\\,;&}]{4,}/gi,
    `$1${SECRET}`,
  ],
];

/** Text without what looks like a key, a token or a password. */
export const redact = (text: string): string => SHAPES.reduce((redacted, [shape, by]) => redacted.replace(shape, by), text);
