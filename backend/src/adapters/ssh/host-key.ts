import { createHash, timingSafeEqual } from 'node:crypto';
import type { HostKey } from '../../lib/host.ts';

/** Type and fingerprint of a raw public key, as `ssh-keygen -lf` prints them. */
export function describeHostKey(raw: Buffer): HostKey {
  const length = raw.length >= 4 ? raw.readUInt32BE(0) : 0;
  const type = raw.toString('latin1', 4, 4 + Math.min(length, 64)).replace(/[^\x21-\x7e]/g, '?');
  const digest = createHash('sha256').update(raw).digest('base64').replace(/=+$/, '');
  return { type, sha256: `SHA256:${digest}`, key: raw.toString('base64') };
}

export function sameHostKey(raw: Buffer, pin: HostKey): boolean {
  const pinned = Buffer.from(pin.key, 'base64');
  return raw.length === pinned.length && timingSafeEqual(raw, pinned);
}
