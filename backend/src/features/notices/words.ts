import type { NoticeKind } from '@clawmoor/shared/notice.ts';
import { en } from './words-en.ts';
import { ru } from './words-ru.ts';

/**
 * The sentences of a kind. Of each list the first is taken whose `{names}` the notice's facts all fill in, so the last one has none.
 * `of` is for notices that say what happened in the fact `what`.
 */
export interface KindWords {
  title: string;
  opened: readonly string[];
  resolved: readonly string[];
  of?: Readonly<Record<string, readonly string[]>>;
}

export interface NoticeWords {
  kinds: Readonly<Record<NoticeKind, KindWords>>;
  /** Stands after the title of something that is over. */
  over: string;
  acknowledgedBy: string;
  rings: string;
  summary: Readonly<Record<'storm' | 'quiet' | 'away', string>>;
  andMore: string;
  buttons: Readonly<Record<'open' | 'acknowledge' | 'mute_server' | 'allow_once' | 'deny', string>>;
}

export const noticeWords = { en, ru } as const satisfies Record<string, NoticeWords>;
