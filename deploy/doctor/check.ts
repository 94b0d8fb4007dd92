/** What one check found. `fix` says what to do, and is there unless all is well. */
export interface Finding {
  what: string;
  verdict: 'ok' | 'warn' | 'fail' | 'skipped';
  says: string;
  fix?: string;
}

export interface Installation {
  settings: Record<string, string | undefined>;
  envFile: string;
  /** The data folder. */
  data: string;
  /** The systemd unit, where there is one: a container has none. */
  unit: string | undefined;
  /** Reaches the domain at another address than its public one, such as `127.0.0.1:8443`. */
  connect: string | undefined;
  /** PEM of an authority to trust beside the public ones. */
  authority: string | undefined;
  /** May it correct what it can? */
  mayFix: boolean;
}

export const ok = (what: string, says: string): Finding => ({ what, verdict: 'ok', says });
export const warn = (what: string, says: string, fix: string): Finding => ({ what, verdict: 'warn', says, fix });
export const fail = (what: string, says: string, fix: string): Finding => ({ what, verdict: 'fail', says, fix });
export const skipped = (what: string, says: string): Finding => ({ what, verdict: 'skipped', says });
