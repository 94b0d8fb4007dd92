import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What is used of s3rver, which brings no types. */
interface S3rver {
  run: () => Promise<AddressInfo>;
  close: () => Promise<void>;
}
type MakeS3rver = new (options: object) => S3rver;

export interface TestS3 {
  env: Record<string, string>;
  folder: string;
  [Symbol.asyncDispose]: () => Promise<void>;
}

/** An S3-compatible server on loopback with one empty bucket. It knows its access key; of V4 signatures it checks the form alone. */
export async function startS3({ port = 0, folder }: { port?: number; folder?: string } = {}): Promise<TestS3> {
  const directory = folder ?? (await mkdtemp(join(tmpdir(), 'clawmoor-s3-')));
  const Server = createRequire(import.meta.url)('s3rver') as MakeS3rver;
  const server = new Server({ address: '127.0.0.1', port, directory, silent: true, configureBuckets: [{ name: 'copies', configs: [] }] });
  const address = await server.run();
  return {
    folder: join(directory, 'copies'),
    env: {
      BACKUP_S3_ENDPOINT: `http://127.0.0.1:${address.port}`,
      BACKUP_S3_BUCKET: 'copies',
      BACKUP_S3_ACCESS_KEY: 'S3RVER',
      BACKUP_S3_SECRET_KEY: 'S3RVER',
      BACKUP_S3_PREFIX: 'clawmoor/',
    },
    async [Symbol.asyncDispose]() {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
