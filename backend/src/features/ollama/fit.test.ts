import { describe, expect, it } from 'vitest';
import type { OllamaFacts } from './facts.ts';
import { fitting, judgeKnown, roomOf } from './fit.ts';
import { modelTooLarge } from './ollama.problems.ts';
import { isNewer } from './release.ts';

const GB = 1_000_000_000;
const machine = (part: Partial<OllamaFacts>): OllamaFacts => ({
  kernel: 'Linux',
  arch: 'x86_64',
  libc: 'glibc',
  memTotalBytes: 4 * GB,
  memAvailableBytes: 2.4 * GB,
  diskFreeBytes: 20 * GB,
  home: '/home/admin',
  systemd: true,
  userBus: true,
  kind: 'system',
  installedVersion: '0.32.7',
  other: undefined,
  port: 'loopback',
  ...part,
});

describe('What fits a server', () => {
  it('is a small model beside a gateway on 2 GB, the suggested ones on 4 GB, all on 8 GB', () => {
    expect(fitting(roomOf(machine({ memTotalBytes: 2 * GB, memAvailableBytes: 0.6 * GB }), 0))).toEqual([
      'granite-embedding:30m',
      'all-minilm',
    ]);
    expect(fitting(roomOf(machine({}), 0)).slice(0, 2)).toEqual(['embeddinggemma', 'nomic-embed-text']);
    const large = roomOf(machine({ memTotalBytes: 8 * GB, memAvailableBytes: 6 * GB }), 0);
    expect(judgeKnown(large, new Set()).every(({ fit }) => fit === 'yes')).toBe(true);
  });

  it('counts the model in memory as room, since only one is kept there, and never more than the limit of the service', () => {
    const tight = machine({ memAvailableBytes: 0.5 * GB });
    expect(fitting(roomOf(tight, 0))).not.toContain('nomic-embed-text');
    expect(fitting(roomOf(tight, 0.7 * GB))).toContain('nomic-embed-text');
    expect(roomOf(machine({ memAvailableBytes: 3.9 * GB }), GB).memoryBytes).toBe(3 * GB);
  });

  it('asks for disk only where the model is not there yet, and says which would do', () => {
    const room = roomOf(machine({ diskFreeBytes: 0.6 * GB }), 0);
    const known = judgeKnown(room, new Set(['nomic-embed-text:latest']));
    expect(known.find(({ name }) => name === 'nomic-embed-text')).toMatchObject({ installed: true, fit: 'yes' });
    expect(known.find(({ name }) => name === 'embeddinggemma')?.fit).toBe('disk');
    const { message, fix } = modelTooLarge('bge-m3', 1.2 * GB, { fit: 'disk', room });
    expect(message).toBe('bge-m3 takes 1.2 GB on the disk, and this server has 100 MB for it');
    expect(fix).toBe('granite-embedding:30m, all-minilm would fit.');
  });

  it('tells a newer version by its numbers', () => {
    expect([isNewer('0.32.10', '0.32.9'), isNewer('0.9.0', '0.32.0'), isNewer('0.32.7', '0.32.7-rc1')]).toEqual([true, false, false]);
  });
});
