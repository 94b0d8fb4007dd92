import { EventEmitter } from 'node:events';

/**
 * Rung when somebody's rights have changed: a role, a session, a token. What stays open (a feed, a tunnel) listens and asks
 * again whether its reader may still have it. A doorbell only: it does not say what changed.
 */
export interface RightsBell {
  /** `userId` left out: it may concern anybody. */
  ring: (userId?: string) => void;
  /** Answers how to stop listening. */
  listen: (userId: string, onRing: () => void) => () => void;
}

export function createRightsBell(): RightsBell {
  const bell = new EventEmitter().setMaxListeners(0);
  return {
    ring: (userId) => void bell.emit('ring', userId),
    listen(userId, onRing) {
      const answer = (whose: string | undefined): void => {
        if (whose === undefined || whose === userId) onRing();
      };
      bell.on('ring', answer);
      return () => void bell.off('ring', answer);
    },
  };
}
