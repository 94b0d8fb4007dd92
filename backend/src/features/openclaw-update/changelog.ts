import type { NodePackages } from '../../lib/node-packages.ts';
import { compareVersions } from '../../lib/openclaw-version.ts';
import { redactLine } from '../../lib/redact.ts';

// A package weighs 70 MB, and each version brings only its own changes: so many are read, and what is left out is named.
const READ_AT_MOST = 6;
// What is not read by then is read in the background; the next look finds it.
const READ_WITHIN_MS = 25_000;
const LINE_LENGTH = 600;

export interface Breaking {
  version: string;
  text: string;
}

export interface Changes {
  breaking: Breaking[];
  /** Versions in between whose changelog was not read. */
  unread: string[];
}

/** What the changelogs of the stable versions after `from`, up to `to`, call breaking; newest first. Throws when the registry is down. */
export async function readChanges(nodePackages: NodePackages, from: string, to: string, signal: AbortSignal): Promise<Changes> {
  // The list may be some minutes older than the target.
  const between = [...new Set([...(await nodePackages.versions('openclaw', signal)), to])]
    .filter((version) => compareVersions(version, from) > 0 && compareVersions(version, to) <= 0)
    .filter((version) => version === to || !/-[a-z]/.test(version))
    .toSorted((one, other) => compareVersions(other, one));
  const within = AbortSignal.any([signal, AbortSignal.timeout(READ_WITHIN_MS)]);
  const breaking: Breaking[] = [];
  const unread = between.slice(READ_AT_MOST);
  for (const version of between.slice(0, READ_AT_MOST)) {
    const text = await nodePackages.textOf('openclaw', version, 'CHANGELOG.md', within).catch((error: unknown) => {
      signal.throwIfAborted();
      void error; // whatever it is, the list says that this one is missing
      return undefined;
    });
    if (text === undefined) unread.push(version);
    else breaking.push(...breakingLines(text, version));
  }
  return { breaking, unread };
}

/** The lines below a heading with “breaking” in it, and those that are marked so themselves, of the version's own section. */
export function breakingLines(changelog: string, version: string): Breaking[] {
  const found: Breaking[] = [];
  let ours = false;
  let underBreaking = false;
  for (const line of changelog.split('\n')) {
    const [, hashes, heading = ''] = /^(#{1,4})\s+(.*)$/.exec(line) ?? [];
    if (hashes === '##') ours = heading.replace(/^v|[[\]]/g, '').split(/\s/)[0] === version;
    if (hashes !== undefined) underBreaking = hashes.length > 2 && /breaking/i.test(heading);
    const [, text = ''] = /^[-*]\s+(.*)$/.exec(line) ?? [];
    const marked = /\(breaking\)|^\W*breaking\b/i.test(text) || /\bBREAKING\b/.test(text);
    if (ours && text !== '' && (underBreaking || marked)) found.push({ version, text: plain(text) });
  }
  return found;
}

/** Without the marks of Markdown, the addresses, and the numbers of pull requests and names behind the sentence. */
const plain = (text: string): string =>
  redactLine(text)
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\s*\(#\d+(?:, #\d+)*\).*$/, '')
    .replace(/\s*Thanks @.*$/, '')
    .replace(/[*`]/g, '')
    .trim()
    .slice(0, LINE_LENGTH);
