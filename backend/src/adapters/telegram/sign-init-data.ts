import { sign } from '@telegram-apps/init-data-node';

/** Signs initData as Telegram would: for the local trial's own sign-in, whose throw-away token no bot has. */
export function signInitData(user: { id: number; first_name: string; language_code?: string }, botToken: string, now: number): string {
  return sign({ user }, botToken, new Date(now));
}
