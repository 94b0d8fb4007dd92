import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The built web app: beside the sources, and beside the bundle. */
export function webFolder(here: string): string {
  const beside = [join(here, '../../webapp/dist'), join(here, '../web')];
  return beside.find((folder) => existsSync(join(folder, 'index.html'))) ?? beside[0] ?? '';
}
