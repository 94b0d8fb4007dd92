const WORD = /\["([^"\\]+)"\]|\.?([\w/:@ -]+)/gy;

/** `a.b["c.d"]` is a, b, c.d. */
export const keysOf = (path: string): string[] => [...path.matchAll(WORD)].map(([, quoted, plain]) => quoted ?? plain ?? '');

export const pathOf = (keys: readonly string[]): string =>
  keys.reduce((path, key) => (/^[\w/:@ -]+$/.test(key) ? (path === '' ? key : `${path}.${key}`) : `${path}["${key}"]`), '');

export const parentOf = (path: string): string | undefined => pathOf(keysOf(path).slice(0, -1)) || undefined;

/** `undefined` where nothing stands. */
export const valueAt = (config: unknown, path: string): unknown =>
  keysOf(path).reduce<unknown>((value, key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined), config);

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
