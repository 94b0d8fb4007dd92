import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** The release that `npm run package` makes of this checkout; answers the tarball. */
export function packageRelease(folder: string): string {
  mkdirSync(folder, { recursive: true });
  execFileSync(process.execPath, [join(ROOT, 'deploy/package.mjs'), '--out', folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  const name = readdirSync(folder).find((each) => each.endsWith('.tar.gz'));
  if (name === undefined) throw new Error('npm run package made no file');
  return join(folder, name);
}

/**
 * For a test server: makes /root/<version> from the release below /root/release, as if it were a later version. `start` is code
 * that this version runs first.
 */
export const laterRelease = (version: string, start = ''): string => `
  set -e
  rm -rf /root/${version}
  cp -r /root/release/clawmoor-* /root/${version}
  cd /root/${version}
  main=backend/dist/main.mjs
  sed -i 's/VERSION = "[^"]*"/VERSION = "${version}"/' backend/dist/*.mjs
  { printf '%s\\n' '${start}'; cat "$main"; } >main.new
  mv main.new "$main"
  echo ${version} >VERSION
  find . -type f ! -name 'SHA256SUMS*' -printf '%P\\n' | sort | xargs -d '\\n' sha256sum >SHA256SUMS.new
  mv SHA256SUMS.new SHA256SUMS`;
