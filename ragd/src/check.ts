import { existsSync } from 'node:fs';
import { createAgents } from './agents.ts';
import { openCollection } from './collection.ts';
import { integrityFaults } from './store/database.ts';

/** Checks every agent's database, its full-text index, its vectors and its originals; the exit code is 1 when one is not whole. */
export function check(folder: string): void {
  const agents = createAgents(folder);
  for (const id of agents.list()) {
    const wrong = faultsOf(id, agents.folder(id));
    process.stdout.write(`${id}: ${wrong.length === 0 ? 'whole' : wrong.join('; ')}\n`);
    if (wrong.length > 0) process.exitCode = 1;
  }
}

function faultsOf(id: string, folder: string): string[] {
  try {
    const { db, chunks, files, vectors, blob, close } = openCollection({ id, folder });
    try {
      const faults = integrityFaults(db);
      chunks.verify();
      const strays = vectors.strays();
      if (strays > 0) faults.push(`${strays} vectors without a passage`);
      const lost = files.list().filter(({ sha256 }) => !existsSync(blob(sha256))).length;
      if (lost > 0) faults.push(`${lost} documents without their original`);
      return faults;
    } finally {
      close();
    }
  } catch (error) {
    return [(error as Error).message];
  }
}
