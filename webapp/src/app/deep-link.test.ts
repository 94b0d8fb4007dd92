import { describe, expect, it } from 'vitest';
import { screenOf } from './deep-link.ts';

describe('A link into the app (S5)', () => {
  it('opens the screen of a server or a task, and there is nothing else that it can name', () => {
    expect(screenOf('srv_srv_abcdefghij0123456789')).toBe('/servers/srv_abcdefghij0123456789');
    expect(screenOf('task_tsk_abcdefghij0123456789')).toBe('/tasks/tsk_abcdefghij0123456789');
  });

  it.each([
    undefined,
    '',
    'srv_',
    'srv_srv_../../admin00000000',
    'srv_srv_abcdefghij0123456/delete',
    'srv_srv_abcdefghij01234?confirm=1',
    'srv_srv_abcdefghij0123456789#x',
    'srv_srv_%2e%2e%2fadmin000000',
    'delete_srv_abcdefghij0123456789',
    'task_srv_abcdefghij0123456789',
    'javascript:alert(1)',
    '//evil.example',
    'constructor',
    '__proto__',
    'srv_srv_abcdefghij0123456789\n/admin',
    `srv_${'a'.repeat(600)}`,
  ])('that says %j opens nothing', (parameter) => {
    expect(screenOf(parameter)).toBeUndefined();
  });
});
