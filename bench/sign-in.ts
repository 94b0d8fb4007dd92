import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { createTokenCache, createTokens } from '../backend/src/features/auth/tokens.ts';
import { systemClock } from '../backend/src/lib/clock.ts';
import { median, type Figure } from './report.ts';

const ROUNDS = 7;
const CHECKS = 20_000;

/** P3: what it costs to know who a request is from, the first time and every time after. */
export async function signInFigures(): Promise<Figure[]> {
  const secret = randomBytes(48);
  const tokens = createTokens({ key: createSecretKey(secret), clock: systemClock });
  const cache = createTokenCache({ clock: systemClock });
  const { token, expiresAt } = tokens.sign({ userId: '7', sessionId: 'ses_1' });
  cache.put(token, { userId: '7', firstName: 'Olga', sessionId: 'ses_1', isSuperAdmin: false }, { expiresAt, since: cache.forgotten() });
  const [head, body] = token.split('.');
  const work = {
    cached: () => cache.get(token) !== undefined,
    read: () => tokens.read(token) !== undefined,
    hmac: () => createHmac('sha256', secret).update(`${head}.${body}`).digest('base64url') !== '',
  };
  const micros: Record<keyof typeof work, number[]> = { cached: [], read: [], hmac: [] };
  for (let round = 0; round < ROUNDS; round += 1)
    for (const name of ['cached', 'read', 'hmac'] as const) micros[name].push(microsOf(work[name]));
  const byHand = `createHmac alone: ${median(micros.hmac).toFixed(2)} µs`;
  const what = 'whom a request is from';
  return [
    { id: 'P3', what: `${what}, known`, unit: 'µs CPU', ours: median(micros.cached), target: { op: '<=', value: 10 }, note: byHand },
    { id: 'P3', what: `${what}, the first time`, unit: 'µs CPU', ours: median(micros.read), target: { op: '<=', value: 10 }, note: byHand },
  ];
}

function microsOf(check: () => boolean): number {
  const before = process.cpuUsage();
  for (let count = 0; count < CHECKS; count += 1) if (!check()) throw new Error('a good token was refused');
  const { user, system } = process.cpuUsage(before);
  return (user + system) / CHECKS;
}
