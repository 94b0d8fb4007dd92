import { atLeast, initData, isTelegram, on, post } from './bridge.ts';

const ANSWER_WITHIN_MS = 600_000;
let granted = false;

/** Whether the bot may write to the person, as far as is known: Telegram says it at the launch, and when it is asked. */
export function botMayWrite(): boolean {
  if (granted) return true;
  try {
    return (JSON.parse(new URLSearchParams(initData).get('user') ?? '{}') as Record<string, unknown>)['allows_write_to_pm'] === true;
  } catch {
    return false;
  }
}

export const canAskToWrite = isTelegram && atLeast('6.9');

/** Telegram asks the person whether the bot may write to them. */
export function askToWrite(): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (allowed: boolean): void => {
      clearTimeout(timer);
      stop();
      granted ||= allowed;
      resolve(allowed);
    };
    const timer = setTimeout(() => end(false), ANSWER_WITHIN_MS);
    const stop = on('write_access_requested', ({ status }) => end(status === 'allowed'));
    post('web_app_request_write_access');
  });
}
