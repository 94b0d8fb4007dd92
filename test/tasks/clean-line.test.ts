import { expect, it } from 'vitest';
import { cleanLine } from '../../backend/src/tasks/clean-line.ts';

it('S33: keeps colours and drops everything else that a terminal would obey', () => {
  const hostile = '\x1b[31mred\x1b[0m \x1b]0;title\x07\x1b]52;c;aGk=\x07\x1b[2J\x1b[5;5H\x1bPq\x1b\\\x07\x00end';
  expect(cleanLine(hostile, [])).toBe('\x1b[31mred\x1b[0m end');
});

it('S33: shows marks that turn the direction of writing instead of obeying them', () => {
  expect(cleanLine('safe\u202egnp.exe', [])).toBe('safe\\u202egnp.exe');
});

it('shows of a progress bar what stood there last', () => {
  expect(cleanLine('10 %\r50 %\r100 %\r', [])).toBe('100 %');
});

it('masks a secret also when an escape stands in its middle, and leaves short words alone', () => {
  expect(cleanLine('key=canary-s3\x1b[Kcret-value', ['canary-s3cret-value'])).toBe('key=[secret]');
  expect(cleanLine('a root user', ['root'])).toBe('a root user');
});

it('R10: cuts a line of a megabyte', () => {
  expect(cleanLine('x'.repeat(1_000_000), []).length).toBeLessThan(8_010);
});
