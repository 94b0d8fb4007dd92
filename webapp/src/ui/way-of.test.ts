import { describe, expect, it } from 'vitest';
import { wayOf } from './way-of.ts';

const onServer = { serverId: 'srv_1', role: 'admin', parent: '/servers/srv_1' } as const;

describe('A failure leads to where it can be mended (U11)', () => {
  it.each([
    ['gateway.not_set_up', '/servers/srv_1/setup'],
    ['setup.openclaw_missing', '/servers/srv_1/setup'],
    ['gateway.down', '/servers/srv_1/diagnosis'],
    ['gateway.token_mismatch', '/servers/srv_1/diagnosis'],
    ['ssh.host_key_unconfirmed', '/servers/srv_1/connect'],
    ['ssh.auth_failed', '/servers/srv_1/connect'],
    ['ssh.unreachable', '/servers/srv_1/connect'],
    ['agent.not_found', '/servers/srv_1'],
    ['auth.role_too_low', '/'],
  ])('%s to %s', (code, path) => {
    expect(wayOf({ code, ...onServer })?.path).toBe(path);
  });

  it('to the task that is in the way', () => {
    expect(wayOf({ code: 'task.lane_busy', taskId: 'tsk_1', ...onServer })).toEqual({ way: 'task', path: '/tasks/tsk_1' });
  });

  it('to the servers where there is no list to go back to', () => {
    expect(wayOf({ code: 'server.not_found' })?.path).toBe('/');
    expect(wayOf({ code: 'task.not_found', parent: '/' })?.way).toBe('servers');
  });

  it.each(['network', 'internal.unexpected', 'gateway.busy', 'ssh.disk_full'])('and %s nowhere: trying again is all there is', (code) => {
    expect(wayOf({ code, ...onServer })).toBeUndefined();
  });

  it('and those who only look are not led to what they may not do (U17)', () => {
    expect(wayOf({ code: 'gateway.not_set_up', ...onServer, role: 'viewer' })).toBeUndefined();
    expect(wayOf({ code: 'ssh.auth_failed', serverId: 'srv_1' })).toBeUndefined();
  });
});
