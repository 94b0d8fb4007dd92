import { existsSync } from 'node:fs';
import { join } from 'node:path';

// From this file among the sources; from the bundle in `backend/dist`; from the bundle as it is installed.
const PLACES = ['../../../webapp/dist', '../../webapp/dist', '../web'];

/** The built web app. */
export function webFolder(): string {
  const folders = PLACES.map((place) => join(import.meta.dirname, place));
  return folders.find((folder) => existsSync(join(folder, 'index.html'))) ?? folders[0] ?? '';
}
