import type { Caller } from '../../lib/caller.ts';
import { iso, type Clock } from '../../lib/clock.ts';
import { hashSecret, newSecret } from '../../lib/secret.ts';
import type { Database } from '../../lib/tables.ts';
import { notTheName, notYou, oneProof } from './auth.problems.ts';
import { stepUpStore } from './step-up.store.ts';

const GOOD_FOR_MS = 5 * 60_000;

export interface StepUpParts {
  db: Database;
  clock: Clock;
  trial: boolean;
  /** Whom Telegram names in initData younger than 5 minutes. Throws `auth.init_data_expired`. */
  readFreshInitData: (initData: string) => { id: string };
  /** The names of the servers that a person may see: in the local trial one of them is typed to confirm. */
  serverNamesOf: (userId: string) => Promise<string[]>;
}

export interface Proof {
  initData?: string | undefined;
  confirm?: string | undefined;
}

export type StepUp = ReturnType<typeof createStepUp>;

/** Proves that the person of a session is there now: for what a stolen session must not do. */
export function createStepUp({ db, clock, trial, readFreshInitData, serverNamesOf }: StepUpParts) {
  const store = stepUpStore(db);

  async function issue({ sessionId }: Pick<Caller, 'sessionId'>): Promise<{ code: string; expiresAt: string }> {
    const code = newSecret();
    const expiresAt = clock.now() + GOOD_FOR_MS;
    await store.forgetBefore(clock.now());
    await store.add({ code_hash: hashSecret(code), session_id: sessionId, expires_at: expiresAt });
    return { code, expiresAt: iso(expiresAt) };
  }

  return {
    /** A one-use code for a session whose person has confirmed by other means, such as a button of the bot. */
    issue,
    /** Throws `auth.step_up_failed`, or what is wrong with the initData. */
    async confirm(caller: Caller, { initData, confirm }: Proof): Promise<{ code: string; expiresAt: string }> {
      const typed = trial ? confirm : undefined;
      const given = [initData, confirm].filter((proof) => proof !== undefined);
      if (given.length !== 1 || (initData ?? typed) === undefined) throw oneProof(trial);
      if (initData !== undefined && readFreshInitData(initData).id !== caller.userId) throw notYou();
      if (typed !== undefined && !(await serverNamesOf(caller.userId)).includes(typed)) throw notTheName();
      return issue(caller);
    },
    /** Whether the code is good for this session; used up unless `peek`. */
    async redeem(code: string, sessionId: string, { peek = false } = {}): Promise<boolean> {
      const hash = hashSecret(code);
      const row = await (peek ? store.find(hash) : store.take(hash, sessionId));
      return row !== undefined && row.session_id === sessionId && row.expires_at > clock.now();
    },
    forgetOld: () => store.forgetBefore(clock.now()),
  };
}
