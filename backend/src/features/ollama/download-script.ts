import { sh } from '../../lib/sh.ts';

export const BAD_CHECKSUM = 97;
export const NO_SUCH_RELEASE = 96;
export const NO_NETWORK = 95;

/**
 * Download, check and unpack in one stream, so that the archive (1.4 GB, most of it for graphics cards) never lies on the disk. By Node,
 * since a bare server has neither curl nor zstd. Unpacked beside and moved into place only when the checksum holds.
 */
export const downloadScript = ({ node, url, sha256, version, folder, link }: Download): string =>
  sh`set -e
umask 022
folder=${folder}; new=${`${folder}.new`}; old=${`${folder}.old`}
rm -rf "$new" "$old"; mkdir -p "$new"
fail() { c=$?; [ $c = 0 ] && return; a=$(df -Pk "$new" | awk 'NR==2{print $4}'); rm -rf "$new"; [ "$a" -lt 1024 ] 2>/dev/null && echo 'No space left on device'; exit $c; }
trap fail EXIT
trap 'exit 143' TERM INT HUP
export URL=${url} SHA256=${sha256} INTO="$new" NODE_USE_ENV_PROXY=1
${node} --input-type=module - <<'CLAWMOOR_SCRIPT'
`.text +
  PROGRAM +
  sh`
CLAWMOOR_SCRIPT
[ -f "$new/bin/ollama" ] || { echo 'There is no program in the archive'; exit 1; }
chmod 755 "$new/bin/ollama"
printf '%s' ${version} >"$new/version"
if [ -e "$folder" ]; then mv "$folder" "$old"; fi
mv "$new" "$folder"; rm -rf "$old"
du -sm "$folder" | awk '{print "It takes " $1 " MB."}'
${
  link
    ? sh`mkdir -p /usr/local/bin
t=$(readlink /usr/local/bin/ollama 2>/dev/null || true)
if [ ! -e /usr/local/bin/ollama ] || [ "$t" = "$folder/bin/ollama" ]; then ln -sfn "$folder/bin/ollama" /usr/local/bin/ollama; fi`
    : sh`:`
}`.text;

interface Download {
  /** The program, by its whole path. */
  node: string;
  url: string;
  sha256: string;
  version: string;
  folder: string;
  /** Into /usr/local/bin, where nothing else stands. */
  link: boolean;
}

// What a server without a graphics card has no use for: 5 of 5.1 GB.
const EXCLUDED = ['cuda_*', 'mlx_*', 'rocm*', 'vulkan*'].flatMap((name) => [`--exclude=*/${name}`]);

const PROGRAM = `
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { createZstdDecompress } from 'node:zlib';
const { URL: url, SHA256: sha256, INTO: into } = process.env;
const hash = createHash('sha256');
let [at, size, tries, shown] = [0, 0, 0, -1];
class Stop extends Error { constructor(code, message) { super(message); this.code = code; } }
// A connection that is cut goes on where it was.
async function* bytes() {
  for (;;) {
    try {
      const quiet = new AbortController();
      const watch = setTimeout(() => quiet.abort(new Error('nothing came for 60 s')), 60_000);
      try {
        const response = await fetch(url, { signal: quiet.signal, headers: at > 0 ? { range: 'bytes=' + at + '-' } : {} });
        if (response.status === 404) throw new Stop(${NO_SUCH_RELEASE}, 'There is no such release: ' + url);
        if (!response.ok) throw new Error('the place of download answered ' + response.status);
        if (at > 0 && response.status !== 206) throw new Stop(${NO_NETWORK}, 'The download was cut off, and cannot be taken up again there');
        if (at === 0) size = Number(response.headers.get('content-length')) || 0;
        if (at === 0) console.log('Downloading ' + Math.round(size / 1e6) + ' MB ...');
        for await (const piece of response.body) {
          watch.refresh();
          at += piece.length;
          hash.update(piece);
          const percent = size > 0 ? Math.floor((at / size) * 100) : 0;
          if (percent !== shown) console.log('percent ' + (shown = percent));
          tries = 0;
          yield piece;
          watch.refresh();
        }
      } finally { clearTimeout(watch); }
      if (size > 0 && at < size) throw new Error('it ended early');
      return;
    } catch (error) {
      if (error instanceof Stop) throw error;
      const why = error.cause?.code ?? error.cause?.message ?? error.message;
      if (++tries > 8) throw new Stop(${NO_NETWORK}, 'The download failed: ' + why);
      console.log('The download was cut off (' + why + '); going on with it ...');
      await delay(Math.min(15_000, 500 * 2 ** tries));
    }
  }
}
const tar = spawn('tar', ['-xf', '-', '-C', into, '--no-same-owner', ${EXCLUDED.map((word) => `'${word}'`).join(', ')}], { stdio: ['pipe', 'inherit', 'inherit'] });
const ended = new Promise((resolve) => tar.once('exit', (code) => resolve(code ?? 1)).once('error', () => resolve(127)));
try {
  await pipeline(Readable.from(bytes()), createZstdDecompress(), tar.stdin);
} catch (error) {
  tar.kill();
  const code = error instanceof Stop ? error.code : 1;
  // Bytes that are no archive at all are the wrong bytes as well.
  if (code === 1 && /^(ZSTD|ERR_ZSTD|Z_)/.test(error.code ?? '')) { console.log('What arrived is no archive: ' + error.message); process.exit(${BAD_CHECKSUM}); }
  if ((await ended) !== 0 && code === 1) { console.log('It could not be unpacked: ' + error.message); process.exit(1); }
  console.log(error.message);
  process.exit(code);
}
const code = await ended;
if (hash.digest('hex') !== sha256) { console.log('The checksum is not the one of this release'); process.exit(${BAD_CHECKSUM}); }
if (code !== 0) { console.log('tar ended with ' + code); process.exit(1); }
`;
