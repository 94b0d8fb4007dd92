import { describe, expect, it } from 'vitest';
import { endsIn, propertiesIn } from '../../backend/src/features/openclaw/diagnosis.ts';
import { findingOf } from '../../backend/src/features/openclaw/finding.ts';
import { redactLine } from '../../backend/src/lib/redact.ts';
import { masked } from '../../backend/src/features/openclaw-config/config-values.ts';
import { keysOf, pathOf } from '../../backend/src/features/openclaw-config/config-path.ts';
import { exposes, risksOf } from '../../backend/src/features/openclaw-config/config-risks.ts';

describe('What systemd tells of a gateway', () => {
  const show = (over: Record<string, string>): string =>
    Object.entries({
      ActiveState: 'active',
      SubState: 'running',
      NRestarts: '0',
      Result: 'success',
      ExecMainCode: '0',
      ExecMainStatus: '0',
      ExecMainStartTimestamp: 'Tue 2026-11-24 20:13:20 UTC',
      ...over,
    })
      .map(([key, value]) => `${key}=${value}`)
      .join('\n');

  it('is well', () => {
    expect(propertiesIn(show({}))).toEqual({
      startedAt: '2026-11-24T20:13:20.000Z',
      restarts: 0,
      lastExit: null,
      crashLoop: false,
      outOfMemory: false,
    });
  });
  it('is a loop after three ends, with the code of the last', () => {
    const looping = show({ SubState: 'auto-restart', NRestarts: '7', Result: 'exit-code', ExecMainCode: '1', ExecMainStatus: '1' });
    expect(propertiesIn(looping)).toMatchObject({ crashLoop: true, restarts: 7, lastExit: 'exit code 1' });
  });
  it('is out of memory when the kernel ended it', () => {
    const killed = show({ SubState: 'auto-restart', NRestarts: '1', Result: 'oom-kill', ExecMainCode: '2', ExecMainStatus: '9' });
    expect(propertiesIn(killed)).toMatchObject({ outOfMemory: true, crashLoop: false, lastExit: 'signal 9 (oom-kill)' });
  });
  it('is nothing where systemd says nothing', () => {
    expect(propertiesIn('')).toEqual({ startedAt: null, restarts: null, lastExit: null, crashLoop: false, outOfMemory: false });
  });
  it('is read from our own supervisor by the times at which the gateway ended', () => {
    const end = (minute: string, code: number): string => `2026-11-24T20:${minute}:00Z the gateway ended with ${code}`;
    const loop = ['2026-11-24T20:30:00Z', end('25', 1), end('26', 1), end('28', 137)].join('\n');
    expect(endsIn(loop)).toMatchObject({ crashLoop: true, restarts: 3, lastExit: 'signal 9' });
    expect(endsIn(['2026-11-24T20:59:00Z', end('01', 1), end('02', 1), end('58', 1)].join('\n'))).toMatchObject({ crashLoop: false });
  });
});

describe('What is the matter with a gateway', () => {
  const seen = { log: [], outOfMemory: false, crashLoop: false, service: 'user', running: true } as const;
  it.each([
    ['Error: listen EADDRINUSE: address already in use 127.0.0.1:18789', 'diagnosis.port_taken'],
    ['[gateway] invalid config: agents.list[0] unknown key', 'diagnosis.config_invalid'],
    ["Error: Cannot find module '/opt/openclaw/dist/index.js'", 'diagnosis.files_missing'],
    ['openclaw requires node >=24.16', 'diagnosis.node_unsuitable'],
    ['ENOSPC: no space left on device, write', 'diagnosis.disk_full'],
  ])('is read from its log: %s', (line, code) => expect(findingOf({ ...seen, log: ['started', line] }).code).toBe(code));
  it.each([
    [{ outOfMemory: true, log: ['ENOSPC'] }, 'diagnosis.out_of_memory'],
    [{ crashLoop: true }, 'diagnosis.crash_loop'],
    [{ service: 'none', running: false }, 'diagnosis.no_service'],
    [{ running: false }, 'diagnosis.stopped'],
    [{}, 'diagnosis.starting'],
  ] as const)('else from its service: %o', (over, code) => expect(findingOf({ ...seen, ...over }).code).toBe(code));
});

describe('What leaves a log or a configuration (S5)', () => {
  it.each([
    'Authorization: Bearer abcdef0123456789',
    'token=abcdef0123456789',
    '{"apiKey":"abcdef0123456789"}',
    'sk-abcdef0123456789',
    'postgres://me:abcdef0123456789@db/x',
    '123456789:AAabcdef0123456789abcdef0123456789',
    'eyJhbGciOi.abcdef0123456789.x',
  ])('is not the secret of: %s', (line) => expect(redactLine(line)).not.toContain('abcdef0123456789'));

  it('is the rest of the line, without the colours', () => {
    expect(redactLine('\u001b[31merror\u001b[0m: port 18789 is in use')).toBe('error: port 18789 is in use');
  });
  it('is no variable of the environment, whatever its name, but a number of tokens is', () => {
    const config = { env: { vars: { PLAIN: 'x' } }, models: { maxTokens: 5, tokenBudget: 'high', apiKey: 'k', list: [{ secret: 's' }] } };
    const hidden = '__OPENCLAW_REDACTED__';
    expect(masked(config)).toEqual({
      env: { vars: { PLAIN: hidden } },
      models: { maxTokens: 5, tokenBudget: 'high', apiKey: hidden, list: [{ secret: hidden }] },
    });
  });
});

describe('Paths of a configuration', () => {
  it.each(['gateway.port', 'agents.defaults.models["openai/gpt-4.1"].alias', 'a["b.c"]["d e.f"]'])(
    'are read and written alike: %s',
    (path) => expect(pathOf(keysOf(path))).toBe(path),
  );
  it('name what is risky also from above', () => {
    const config = { gateway: { bind: 'loopback', auth: { mode: 'token' } } };
    const paths = (changes: { path: string; value: unknown }[]): string[] => risksOf(config, changes).map(({ path }) => path);
    expect(paths([{ path: 'gateway', value: { bind: 'lan', auth: { mode: 'none' } } }])).toEqual(['gateway.bind', 'gateway.auth.mode']);
    expect(paths([{ path: 'gateway.bind', value: 'loopback' }])).toEqual([]);
    expect(paths([{ path: 'agents.entries.main.name', value: 'x' }])).toEqual([]);
    expect(exposes(config, [{ path: 'gateway.tailscale.mode', value: 'funnel' }])).toBe(true);
    expect(exposes(config, [{ path: 'gateway.auth.mode', value: 'none' }])).toBe(false);
  });
});
