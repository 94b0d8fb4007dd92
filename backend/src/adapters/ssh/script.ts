import { randomBytes } from 'node:crypto';

/**
 * The only line that the login shell ever sees, so it must mean the same to sh, bash, rbash, fish and csh: no newline, no
 * backslash pair, no "!", no single quote inside. It starts a POSIX sh that reads the real script from stdin up to the mark,
 * line by line with `read`, which takes not one byte more: what follows is the script's own stdin. So no command and no
 * parameter of ours stands in `ps`, and no rc file of the login shell changes what it means.
 */
const LOADER = `s=; n=$(printf "\\n."); n=\${n%.}; IFS= read -r m; while IFS= read -r l; do case "$l" in "$m") break;; esac; s="$s$l$n"; done; eval "$s"`;
export const LOADER_LINE = `sh -c '${LOADER}'`;

// A command over SSH has no login environment: what people install below their home must be found all the same.
const ENVIRONMENT = [
  'export LC_ALL=C.UTF-8',
  'PATH="$HOME/.local/bin:$HOME/.npm-global/bin:$HOME/.clawmoor/bin:$HOME/.clawmoor/node/bin:$PATH:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"; export PATH',
  '[ -n "${XDG_RUNTIME_DIR:-}" ] || XDG_RUNTIME_DIR="/run/user/$(id -u)"; export XDG_RUNTIME_DIR',
  // Where HOME was set for us (a container, the local trial), the login still starts in the home of /etc/passwd.
  'cd "$HOME" 2>/dev/null || :',
].join('\n');

/** Prints the mark and the process group, so that the whole group can be ended later; noise before it is rc files'. */
const announce = (mark: string): string => `read -r _ _ _ _ _g _ </proc/$$/stat; echo ${mark} "$_g"`;

export interface Prepared {
  line: string;
  /** What to write to the channel's stdin before anything else. */
  preamble: string;
  /** The word that stands before the process group on the first line of ours. */
  mark: string;
}

export function prepare(
  command: string,
  { root, sudoPassword }: { root?: 'direct' | 'sudo' | 'sudo-password' | undefined; sudoPassword?: string | undefined } = {},
): Prepared {
  const mark = `clawmoor-${randomBytes(9).toString('hex')}`;
  const body = `${mark}\n${ENVIRONMENT}\n${announce(mark)}\n${command}\n${mark}\n`;
  const viaSudo = (flags: string, password: string): Prepared => {
    const outer = `clawmoor-${randomBytes(9).toString('hex')}`;
    return { line: LOADER_LINE, preamble: `${outer}\nsudo ${flags} -- ${LOADER_LINE}\n${outer}\n${password}${body}`, mark };
  };
  // -k: else sudo would not read the password when it remembers one, and the script would get it as a line.
  if (root === 'sudo-password') return viaSudo(`-k -S -p ''`, `${sudoPassword ?? ''}\n`);
  if (root === 'sudo') return viaSudo('-n', '');
  return { line: LOADER_LINE, preamble: body, mark };
}
