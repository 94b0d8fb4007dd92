/** A stretch of a command: `strange` where an eye may be deceived. */
export interface Stretch {
  text: string;
  strange: boolean;
}

// What the server has spelled out because nobody would see it, and letters beyond ASCII, which may look like those within.
const STRANGE = /\\u\{[0-9a-f]+\}|[^\x20-\x7e\n\t]+| {8,}/gi;

/** Cuts a command that a model wrote where its letters may be other than they look. */
export function stretchesOf(command: string): Stretch[] {
  const stretches: Stretch[] = [];
  let from = 0;
  for (const { 0: text, index } of command.matchAll(STRANGE)) {
    if (index > from) stretches.push({ text: command.slice(from, index), strange: false });
    stretches.push({ text: text.replaceAll(' ', '␣'), strange: true });
    from = index + text.length;
  }
  return from < command.length ? [...stretches, { text: command.slice(from), strange: false }] : stretches;
}
