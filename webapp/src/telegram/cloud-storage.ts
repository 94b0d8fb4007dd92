import { atLeast, isTelegram, on, post } from './bridge.ts';

const ANSWER_WITHIN_MS = 5_000;
let asked = 0;

/** A value that Telegram keeps for this person and bot on all of their devices; `undefined` where there is none or no such store. */
export function cloudItem(key: string): Promise<string | undefined> {
  if (!isTelegram || !atLeast('6.9')) return Promise.resolve(undefined);
  const id = `storage-${(asked += 1)}`;
  return new Promise((resolve) => {
    const end = (value: unknown): void => {
      clearTimeout(timer);
      stop();
      resolve(typeof value === 'string' && value !== '' ? value : undefined);
    };
    const timer = setTimeout(() => end(undefined), ANSWER_WITHIN_MS);
    const stop = on('custom_method_invoked', ({ req_id, result }) => {
      if (req_id === id) end((result as Record<string, unknown> | undefined)?.[key]);
    });
    post('web_app_invoke_custom_method', { req_id: id, method: 'getStorageValues', params: { keys: [key] } });
  });
}

export function saveToCloud(key: string, value: string): void {
  if (!isTelegram || !atLeast('6.9')) return;
  post('web_app_invoke_custom_method', { req_id: `storage-${(asked += 1)}`, method: 'saveStorageValue', params: { key, value } });
}
