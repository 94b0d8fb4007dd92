import { expect, it } from 'vitest';
import { keysOf, parentOf, pathOf, valueAt } from './config-path.ts';
import { kindOf, parseValue, typedOf } from './value-kind.ts';

it('finds the field for what a schema allows', () => {
  expect(kindOf({ type: 'boolean' }).kind).toBe('switch');
  expect(
    kindOf({
      anyOf: [
        { type: 'string', const: 'auto' },
        { type: 'string', const: 'lan' },
      ],
    }),
  ).toEqual({ kind: 'choice', options: ['auto', 'lan'] });
  expect(kindOf({ anyOf: [{ type: 'string' }, { type: 'object' }] }).kind).toBe('json');
  expect(kindOf({ type: 'array', items: { type: 'string' } }).kind).toBe('lines');
  expect(kindOf({ type: 'object', additionalProperties: { type: 'object' } }).kind).toBe('map');
  expect(kindOf({ type: 'object', additionalProperties: false }).kind).toBe('settings');
  expect(kindOf(null).kind).toBe('json');
});

it('takes what was typed for what it says, and refuses the rest', () => {
  expect(parseValue({ kind: 'number' }, ' 18789 ')).toBe(18_789);
  expect(parseValue({ kind: 'number' }, '')).toBeUndefined();
  expect(parseValue({ kind: 'number' }, 'x')).toBeUndefined();
  expect(parseValue({ kind: 'lines' }, 'a\n\n b ')).toEqual(['a', 'b']);
  expect(parseValue({ kind: 'json' }, '{"a":')).toBeUndefined();
  const textToo = kindOf({ anyOf: [{ type: 'string' }, { type: 'object' }] });
  expect(parseValue(textToo, 'test/model')).toBe('test/model');
  expect(parseValue(textToo, '{"primary":"test/model"}')).toEqual({ primary: 'test/model' });
  expect(parseValue(textToo, '{"primary":')).toBeUndefined();
  expect(typedOf(textToo, 'test/model')).toBe('test/model');
  expect(typedOf({ kind: 'lines' }, ['a', 'b'])).toBe('a\nb');
  expect(typedOf({ kind: 'json' }, 'x')).toBe('"x"');
});

it('walks a path whose keys hold dots, and nothing of the prototype', () => {
  const path = 'agents.models["openai/gpt-4.1"].alias';
  expect(keysOf(path)).toEqual(['agents', 'models', 'openai/gpt-4.1', 'alias']);
  expect(pathOf(keysOf(path))).toBe(path);
  expect(parentOf(path)).toBe('agents.models["openai/gpt-4.1"]');
  expect(parentOf('agents')).toBeUndefined();
  expect(valueAt({ agents: { models: { 'openai/gpt-4.1': { alias: 'big' } } } }, path)).toBe('big');
  expect(valueAt({}, 'constructor.name')).toBeUndefined();
});
