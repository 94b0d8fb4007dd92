import { expect, it } from 'vitest';
import { stretchesOf } from './hostile.ts';

const strange = (command: string): string[] => stretchesOf(command).flatMap((one) => (one.strange ? [one.text] : []));

it('leaves a plain command whole (S27)', () => {
  expect(stretchesOf('ls -la\n\tgit status | head -3')).toEqual([{ text: 'ls -la\n\tgit status | head -3', strange: false }]);
  expect(stretchesOf('')).toEqual([]);
});

it('marks what was spelled out, letters that look like others, and a gap that pushes the rest out of sight (S27)', () => {
  expect(strange('echo \\u{202e}done')).toEqual(['\\u{202e}']);
  expect(strange('cd /h\u043eme')).toEqual(['\u043e']);
  expect(strange(`ls${' '.repeat(40)}; rm -rf /`)).toEqual(['␣'.repeat(40)]);
});

it('loses no letter of the command (S27)', () => {
  const command = 'a \\u{0}b\u0430 \\u{zz} \u{1f980}c';
  expect(
    stretchesOf(command)
      .map(({ text }) => text)
      .join(''),
  ).toBe(command);
});
