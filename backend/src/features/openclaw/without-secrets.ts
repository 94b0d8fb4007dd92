const LEFT_OUT = '[left out: it looked like a secret]';

const SHAPES: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\b[sr]k-[A-Za-z0-9_-]{20,}/g, // OpenAI, Anthropic, Stripe and who copied them
  /\b\d{6,12}:[A-Za-z0-9_-]{35}\b/g, // a Telegram bot's token
  /\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{40,}|glpat-[\w-]{20,})/g,
  /\bA(?:KIA|SIA)[A-Z0-9]{16}\b/g,
  /\bxox[abeprs]-[A-Za-z0-9-]{10,}/g,
  /\bAIza[A-Za-z0-9_-]{35}/g,
  /\beyJ[\w-]{8,512}\.eyJ[\w-]{8,}(?:\.[\w-]*)?/g,
];
// What a text itself calls a key: “API key: …”.
const NAMED = /((?:api[ _-]?key|token|secret|password|passphrase)["'`]?\s*[:=]\s*["'`]?)([^\s"'`]{12,})/gi;
// Only what has both letters and digits, so that “password: ask-my-brother” stays. Not a part of the pattern: looking ahead from each of
// many beginnings takes minutes on a megabyte.
const looksRandom = (value: string): boolean => /\d/.test(value) && /[A-Za-z]/.test(value);

/** The text with everything that looks like a key or a password taken out, and how many that were. */
export function withoutSecrets(text: string): { text: string; leftOut: number } {
  let leftOut = 0;
  const drop = (): string => ((leftOut += 1), LEFT_OUT);
  const known = SHAPES.reduce((rest, shape) => rest.replace(shape, drop), text);
  return { text: known.replace(NAMED, (all, label: string, value: string) => (looksRandom(value) ? `${label}${drop()}` : all)), leftOut };
}
