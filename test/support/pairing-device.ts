import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { connect } from 'node:net';
import WebSocket from 'ws';
import type { TestOpenclaw } from './openclaw.ts';

/** A node that connects to a gateway for the first time: it waits for somebody to let it in. */
export async function askToBePaired(
  { port, token }: TestOpenclaw,
  displayName = 'tablet',
): Promise<{ deviceId: string; close: () => void }> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const deviceId = createHash('sha256').update(raw).digest('hex');
  const ws = new WebSocket(`ws://127.0.0.1:${port}`, { createConnection: () => connect(port, '127.0.0.1') });
  const client = { id: 'node-host', version: '1.0.0', platform: 'linux', mode: 'node', displayName };
  ws.on('error', () => {});
  ws.on('message', (text) => {
    const { event, payload } = JSON.parse(String(text));
    if (event !== 'connect.challenge') return;
    const signedAt = payload.ts;
    const words = ['v3', deviceId, client.id, client.mode, 'node', '', signedAt, token, payload.nonce, 'linux', ''].join('|');
    const device = {
      id: deviceId,
      publicKey: raw.toString('base64url'),
      signature: sign(null, Buffer.from(words), privateKey).toString('base64url'),
      signedAt,
      nonce: payload.nonce,
    };
    const params = { minProtocol: 3, maxProtocol: 4, client, role: 'node', scopes: [], caps: [], commands: [], auth: { token }, device };
    ws.send(JSON.stringify({ type: 'req', id: '1', method: 'connect', params }));
  });
  return { deviceId, close: () => ws.terminate() };
}
