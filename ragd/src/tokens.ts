import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeWhole } from './files.ts';

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** A new token for the holder of `file`; only its hash is kept there, and the one before it is worth nothing any more. */
export function issueToken(file: string): string {
  const token = randomBytes(32).toString('base64url');
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeWhole(file, sha256(token).toString('hex'));
  return token;
}

/** Takes the same time whether the token is right or nearly right; a holder without a token is never right. */
export function tokenMatches(file: string, token: string): boolean {
  const expected = storedHash(file);
  const given = sha256(token);
  return timingSafeEqual(expected ?? Buffer.alloc(given.length), given) && expected !== undefined;
}

export const revokeToken = (file: string): void => rmSync(file, { force: true });

export const hasToken = (file: string): boolean => storedHash(file) !== undefined;

function storedHash(file: string): Buffer | undefined {
  try {
    const hash = Buffer.from(readFileSync(file, 'utf8').trim(), 'hex');
    return hash.length === 32 ? hash : undefined;
  } catch {
    return undefined; // no file, no token
  }
}
