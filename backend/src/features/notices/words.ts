import type { NoticeKind } from '@clawmoor/shared/notice.ts';
import type { Role } from '@clawmoor/shared/route.ts';
import { en } from './words-en.ts';
import { ru } from './words-ru.ts';

/**
 * The sentences of a kind. Of each list the first is taken whose `{names}` the notice's facts all fill in, so the last one has none.
 * `of` and `ended` are for what says more closely what it is in one of the facts `TELLING` of message.ts, while it is open and at its end.
 */
export interface KindWords {
  title: string;
  opened: readonly string[];
  resolved: readonly string[];
  of?: Readonly<Record<string, readonly string[]>>;
  ended?: Readonly<Record<string, readonly string[]>>;
}

export interface NoticeWords {
  kinds: Readonly<Record<NoticeKind, KindWords>>;
  /** Stands after the title of something that is over. */
  over: string;
  acknowledgedBy: string;
  rings: string;
  /** What the code of a failure means in a few words; a code that is not here is not shown. */
  reasons: Readonly<Record<string, string>>;
  roles: Readonly<Record<Role, string>>;
  summary: Readonly<Record<'storm' | 'quiet' | 'away', string>>;
  andMore: string;
  buttons: Readonly<Record<'open' | 'acknowledge' | 'mute_server' | 'allow_once' | 'deny', string>>;
}

export const noticeWords = { en, ru } as const satisfies Record<string, NoticeWords>;
