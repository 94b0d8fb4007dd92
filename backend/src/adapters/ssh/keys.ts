import ssh2 from 'ssh2';
import { Problem } from '../../lib/problem.ts';

export interface KeyPair {
  /** OpenSSH's own format. */
  privateKey: string;
  /** The line for `authorized_keys`. */
  publicKey: string;
}

const MIN_RSA_BITS = 2048;

/**
 * A fresh ed25519 pair. ssh2 drops leading zero bytes of a key it makes, which leaves one pair in 267 unreadable (75 of
 * 20,000), so a pair counts only when its private half reads back as its public half.
 */
export function generateKeyPair(comment = 'clawmoor', make: () => KeyPair = () => ssh2Pair(comment)): KeyPair {
  for (let attempt = 1; attempt <= 20; attempt++) {
    const pair = make();
    if (isWhole(pair)) return pair;
  }
  throw new Error('No readable SSH key came out of 20 attempts');
}

function ssh2Pair(comment: string): KeyPair {
  const { private: privateKey, public: publicKey } = ssh2.utils.generateKeyPairSync('ed25519', { comment });
  return { privateKey, publicKey: publicKey.trim() };
}

function isWhole(pair: KeyPair): boolean {
  const parsed = ssh2.utils.parseKey(pair.privateKey);
  return !(parsed instanceof Error) && parsed.getPublicSSH().toString('base64') === pair.publicKey.split(' ')[1];
}

/** Type and public line of a private key. Throws a Problem `server.key_*` or `server.passphrase_*`. */
export function readPrivateKey(text: string, passphrase?: string): { type: string; publicKey: string } {
  const pem = `${text.replace(/\r\n?/g, '\n').trim()}\n`;
  const parsed = ssh2.utils.parseKey(pem, passphrase);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key === undefined || key instanceof Error) throw explain(key, passphrase);
  if (!key.isPrivateKey()) throw unreadable('This is a public key; the private one is needed');
  if (key.type === 'ssh-dss') throw unsupported('DSA keys are refused by every current server');
  if (key.type === 'ssh-rsa' && rsaBits(key.getPublicSSH()) < MIN_RSA_BITS)
    throw unsupported(`RSA keys need at least ${MIN_RSA_BITS} bits`);
  return {
    type: key.type,
    publicKey: `${key.type} ${key.getPublicSSH().toString('base64')} ${(key.comment ?? '').replace(/[^\x20-\x7e]/g, '')}`.trim(),
  };
}

/** The second number of an RSA public key is its modulus: `string "ssh-rsa", mpint e, mpint n`. */
function rsaBits(blob: Buffer): number {
  let at = 0;
  for (let field = 0; field < 2; field++) at += 4 + blob.readUInt32BE(at);
  return (blob.readUInt32BE(at) - 1) * 8;
}

function explain(error: Error | undefined, passphrase: string | undefined): Problem {
  const message = error?.message ?? '';
  if (/no passphrase given|encrypted/i.test(message)) {
    return new Problem('server.passphrase_required', 'This private key is protected by a passphrase', {
      fix: 'Enter its passphrase.',
      cause: error,
    });
  }
  if (/bad passphrase|bad decrypt|wrong|integrity/i.test(message) && passphrase !== undefined) {
    return new Problem('server.passphrase_wrong', 'This passphrase does not open the private key', {
      fix: 'Enter the passphrase again.',
      cause: error,
    });
  }
  if (/unsupported/i.test(message) && !/format/i.test(message)) return unsupported('This kind of key is not supported');
  return unreadable('This is not a private key that can be read');
}

const unreadable = (message: string): Problem =>
  new Problem('server.key_unreadable', message, { fix: 'Paste the whole file, from -----BEGIN to -----END, such as ~/.ssh/id_ed25519.' });
const unsupported = (message: string): Problem =>
  new Problem('server.key_kind_unsupported', message, { fix: 'Make a new key with: ssh-keygen -t ed25519' });
