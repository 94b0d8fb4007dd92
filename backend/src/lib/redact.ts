const PATTERNS: readonly [RegExp, string][] = [
  // Keys and tokens by their well-known beginnings.
  [/\b(?:sk|pk|rk|xox[abpr]|ghp|gho|github_pat|glpat|AIza|hf|whsec)[-_][\w-]{8,}/g, '…'],
  [/\b\d{6,12}:[\w-]{30,}\b/g, '…'],
  [/\beyJ[\w-]{1,512}\.[\w-]+(?:\.[\w-]*)?/g, '…'],
  [/-----BEGIN [^-]+-----[\s\S]*?(?:-----END [^-]+-----|$)/g, '…'],
  // Whatever a line itself calls a secret.
  [/\b(authorization\s*[:=]\s*(?:bearer|basic)?\s*|bearer\s+)[^\s"',;]+/gi, '$1…'],
  [
    /((?:token|secret|passw(?:or)?d|passphrase|api[_-]?key|private[_-]?key|credential|cookie)\w{0,40}["']?\s*[:=]\s*["']?)[^\s"',;}]{4,}/gi,
    '$1…',
  ],
  [/(:\/\/[^/\s:@]+:)[^/\s@]+@/g, '$1…@'],
];

/** A line of somebody else's log without what looks like a secret, and without control characters. */
export function redactLine(line: string): string {
  // oxlint-disable-next-line no-control-regex -- colours of a terminal are control characters
  const plain = line.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
  return PATTERNS.reduce((text, [pattern, instead]) => text.replace(pattern, instead), plain);
}
