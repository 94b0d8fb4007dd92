import { isHost } from './servers.ts';

export interface SshAddress {
  username: string;
  host: string;
  port: number;
}

const USER = /^[a-z_][a-z0-9_-]{0,31}\$?$/;

/** What a person pastes: `ssh root@host -p 2222`, `root@host:2222`, `host`; `undefined` when it is none of these. */
export function readSshAddress(text: string): SshAddress | undefined {
  const words = text
    .trim()
    .replace(/^ssh:\/\//, '')
    .split(/\s+/)
    .filter((word) => word !== 'ssh');
  let [target, username, port]: (string | undefined)[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const option = /^-([pl])(.*)$/.exec(word);
    if (option) {
      const value = option[2] || words[++at];
      if (option[1] === 'p') port = value;
      else username = value;
    } else if (word.startsWith('-') || target !== undefined) return undefined;
    else target = word;
  }
  const [, user, bracketed, plain, colonPort] =
    /^(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:]+|[0-9a-f:]+))(?::(\d+))?\/?$/i.exec(target ?? '') ?? [];
  const host = (bracketed ?? plain ?? '').toLowerCase();
  const number = Number(port ?? colonPort ?? 22);
  const name = username ?? user ?? 'root';
  const valid = host !== '' && isHost(host) && USER.test(name) && Number.isInteger(number) && number >= 1 && number <= 65_535;
  return valid ? { username: name, host, port: number } : undefined;
}
