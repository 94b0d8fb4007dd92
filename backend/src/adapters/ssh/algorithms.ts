import type { Algorithms } from 'ssh2';

// What OpenSSH of the last ten years offers. Left out on purpose: everything with SHA-1, CBC or DSA, and
// diffie-hellman-group-exchange-*, whose maths costs 1.3 s of synchronous CPU in this process.
const ALGORITHMS = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group14-sha256',
  ],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'chacha20-poly1305@openssh.com', 'aes128-ctr', 'aes192-ctr', 'aes256-ctr'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  compress: ['none'],
} satisfies Algorithms;

const RSA = ['rsa-sha2-512', 'rsa-sha2-256'] as const;
const HOST_KEYS = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', ...RSA] as const;

/** With a pinned key only its type is accepted: a server cannot answer with a key of another kind. */
export function algorithmsFor(pinnedType: string | undefined): Algorithms {
  const known = HOST_KEYS.filter((name) => name === pinnedType);
  const serverHostKey = pinnedType === undefined ? [...HOST_KEYS] : pinnedType === 'ssh-rsa' ? [...RSA] : known;
  return { ...ALGORITHMS, serverHostKey };
}
