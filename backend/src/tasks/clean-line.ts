// The colours of a terminal are kept; everything else that a terminal obeys (titles, clipboard, cursor, screen) is dropped.
const ESCAPES =
  /\x1b\[[0-9;]*m|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[PX^_][^\x1b]*(?:\x1b\\)?|\x1b\[[0-?]*[ -/]*[@-~]?|\x1b[ -/]*[0-~]?/g;
const CONTROLS = /[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]/g;
// Marks that turn the direction of writing: they can make a line read as another one.
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const LONGEST = 8_000;
const SHORTEST_SECRET = 8;

/** Not `/\r+$/`: on 64 KiB of them with a letter behind it takes 4 s, in which nobody is served. */
function lastRewrite(line: string): string {
  let end = line.length;
  while (line[end - 1] === '\r') end -= 1;
  return line.slice(line.lastIndexOf('\r', end - 1) + 1, end);
}

/** A line of a server's output as it may be stored and shown: text and colours, at most 8,000 characters, no secret of the task. */
export function cleanLine(line: string, secrets: readonly string[]): string {
  // A progress bar rewrites its line: what stood there last counts.
  let text = lastRewrite(line);
  text = text.replace(ESCAPES, (escape) => (escape.endsWith('m') && escape.startsWith('\x1b[') ? escape : '')).replace(CONTROLS, '');
  // After what is dropped: an escape in the middle of a secret would hide it from us.
  for (const secret of secrets) if (secret.length >= SHORTEST_SECRET) text = text.replaceAll(secret, '[secret]');
  text = text.replace(BIDI, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)} […]` : text;
}
