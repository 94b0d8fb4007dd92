import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';

// A changelog of a year is 300 KB; this is against an archive that lies.
const MOST_BYTES = 4 * 1024 * 1024;

/** A text file of an npm tarball, below its `package/`; `undefined` when it is not there. */
export async function readFromTarball(file: string, path: string): Promise<string | undefined> {
  const entries = extract();
  let found: string | undefined;
  const reading = (async () => {
    for await (const entry of entries) {
      const wanted = entry.header.type === 'file' && entry.header.name === `package/${path}` && (entry.header.size ?? 0) <= MOST_BYTES;
      if (!wanted) {
        entry.resume();
        continue;
      }
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer); // a stream of bytes, as tar-stream makes them
      found = Buffer.concat(chunks).toString('utf8');
    }
  })();
  await pipeline(createReadStream(file), createGunzip(), entries);
  await reading;
  return found;
}
