import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';

it('a long line that a server made to be slow to read holds nobody up, whoever reads it (S33)', async () => {
  const worker = new Worker(join(import.meta.dirname, '../support/evil-lines.ts'));
  let reading = 'nothing yet';
  try {
    await new Promise<void>((resolve, reject) => {
      worker.on('message', (name: string) => ((reading = name), name === 'done' && resolve()));
      worker.once('error', reject);
      // One pattern of quadratic cost takes many minutes here; all of them together take some seconds.
      setTimeout(resolve, 90_000).unref();
    });
    expect(reading).toBe('done');
  } finally {
    await worker.terminate();
  }
}, 120_000);
