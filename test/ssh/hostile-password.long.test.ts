import { describe, expect, it } from 'vitest';
import { connectTo } from '../../backend/src/adapters/ssh/client.ts';
import { startLyingServer } from '../support/lying-server.ts';
import { dial } from './world.ts';

describe('A server that lies (S33)', () => {
  it('by asking for the password again and again: that ends, with 20 s at the most', async () => {
    await using server = await startLyingServer();
    let asked = 0;
    server.lie({
      authentication: (context) => {
        if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive']);
        const again = (): void => void ((asked += 1), context.prompt([{ prompt: 'Password: ', echo: false }], () => setTimeout(again, 50)));
        again();
      },
    });
    await expect(connectTo(server.target, { dial })).rejects.toMatchObject({ code: expect.stringMatching(/^ssh\./) });
    expect(asked).toBeGreaterThan(1);
    await expect.poll(() => server.connections.size, { timeout: 30_000 }).toBe(0);
    const before = asked;
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toBeLessThanOrEqual(before + 1);
  }, 60_000);
});
