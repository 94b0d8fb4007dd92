import { describe, expect, it } from 'vitest';
import { generateKeyPair, readPrivateKey, type KeyPair } from '../../backend/src/adapters/ssh/keys.ts';

describe('SSH keys', () => {
  it('makes pairs that read back', () => {
    for (let i = 0; i < 600; i++) {
      const { privateKey, publicKey } = generateKeyPair('phone');
      expect(readPrivateKey(privateKey)).toEqual({ type: 'ssh-ed25519', publicKey });
    }
  });

  it('makes another pair when one does not read back, and gives up when none does', () => {
    const whole = generateKeyPair();
    const broken: KeyPair = { privateKey: whole.privateKey.replaceAll('A', 'B'), publicKey: whole.publicKey };
    const foreign: KeyPair = { ...whole, publicKey: generateKeyPair().publicKey };
    const made = [broken, foreign, whole];
    expect(generateKeyPair('', () => made.shift() ?? broken)).toBe(whole);
    expect(() => generateKeyPair('', () => broken)).toThrow('20 attempts');
  });
});
