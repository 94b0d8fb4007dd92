/** A shell command whose interpolated values are already quoted: the only thing a `Host` will run. */
export class Command {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

// Single quotes are the one form that every POSIX shell (dash, ash, bash) reads the same way.
const quote = (value: string): string => (/^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`);

type Word = string | number | Command;

function render(value: Word | readonly Word[]): string {
  if (value instanceof Command) return value.text;
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return value.map(render).join(' ');
  if (value.includes('\0')) throw new TypeError('A shell word cannot hold a NUL byte');
  return quote(value);
}

/**
 * sh`install -m 600 -- ${path} ${files}`: strings become one word each, arrays one word per item.
 * Backslashes reach the shell as they stand, but for `\${`, the only way to write the shell's own `${name:-default}` here.
 */
export function sh({ raw }: TemplateStringsArray, ...values: (Word | readonly Word[])[]): Command {
  return new Command(String.raw({ raw: raw.map((part) => part.replaceAll('\\${', '${')) }, ...values.map(render)));
}
