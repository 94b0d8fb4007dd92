import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** A ring of keys that seals small texts with AES-256-GCM. `aad` binds a text to its place: elsewhere it does not open. */
export interface Sealer {
  /** `v1.<kid>.<iv>.<ciphertext>.<tag>`, base64url. */
  seal(plaintext: string, aad: string): string;
  /** Throws `SealBroken` for another place, a changed envelope, or a key that is not in the ring. */
  open(envelope: string, aad: string): string;
}

export class SealBroken extends Error {
  constructor(why: string, options?: ErrorOptions) {
    super(`A sealed value cannot be opened: ${why}`, options);
    this.name = 'SealBroken';
  }
}

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12; // 96 bits: what GCM is specified for; random, far below 2^32 uses per key

/** The first key seals, all of them open. */
export function createSealer(keys: readonly { kid: string; key: Buffer }[]): Sealer {
  const ring = new Map(keys.map(({ kid, key }) => [kid, key]));
  const [first] = keys;
  if (!first) throw new Error('A sealer needs a key');
  return {
    seal(plaintext, aad) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(CIPHER, first.key, iv).setAAD(Buffer.from(aad));
      const sealed = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
      return ['v1', first.kid, ...[iv, sealed, cipher.getAuthTag()].map((part) => part.toString('base64url'))].join('.');
    },
    open(envelope, aad) {
      const [version, kid = '', iv, sealed, tag, ...rest] = envelope.split('.');
      if (version !== 'v1' || iv === undefined || sealed === undefined || tag === undefined || rest.length > 0) {
        throw new SealBroken('it is not an envelope');
      }
      const key = ring.get(kid);
      if (!key) throw new SealBroken(`its key ${kid} is not in ENCRYPTION_KEY`);
      try {
        const decipher = createDecipheriv(CIPHER, key, Buffer.from(iv, 'base64url'), { authTagLength: 16 });
        decipher.setAAD(Buffer.from(aad)).setAuthTag(Buffer.from(tag, 'base64url'));
        return Buffer.concat([decipher.update(Buffer.from(sealed, 'base64url')), decipher.final()]).toString('utf8');
      } catch (cause) {
        throw new SealBroken('it was changed, or it belongs to another place', { cause });
      }
    },
  };
}

/** The name of the key that an envelope was sealed with. */
export const kidOf = (envelope: string): string => envelope.split('.')[1] ?? '';
