import { Problem } from '../../lib/problem.ts';

export const notSetUp = (): Problem =>
  new Problem('gateway.not_set_up', 'OpenClaw is not set up on this server yet', { fix: 'Run the setup.' });

export const gatewayDown = (cause?: unknown): Problem =>
  new Problem('gateway.down', 'The gateway does not answer', {
    fix: 'Restart it; if it stays down, look at its log or run the setup again.',
    cause,
  });

export const gatewayTimeout = (method: string): Problem =>
  new Problem('gateway.timeout', `The gateway did not answer “${method}” in time`, {
    fix: 'It may be busy starting. Try again in a minute.',
  });

export const tokenMismatch = (): Problem =>
  new Problem('gateway.token_mismatch', 'The gateway refuses the token in its own configuration file', {
    fix: 'Restart the gateway so that it reads its configuration again.',
  });

/** A token that OpenClaw takes from a place that we cannot look into. */
export const tokenElsewhere = (place: string): Problem =>
  new Problem('gateway.token_mismatch', `The gateway keeps its token outside its configuration file (${place})`, {
    fix: 'Put it into ~/.openclaw/.env under the name that the configuration says, or run “Configure the gateway”, which writes one.',
  });

export const authModeUnsupported = (mode: string): Problem =>
  new Problem('gateway.token_mismatch', `The gateway asks for another proof than a token (${mode})`, {
    fix: 'Run “Configure the gateway”: it sets the gateway to a token.',
  });

export const incompatible = (detail: string): Problem =>
  new Problem('gateway.incompatible', `This version of OpenClaw speaks another protocol (${detail})`, {
    fix: 'Update OpenClaw on the server, or Clawmoor.',
  });

export const badAnswer = (detail: string, cause?: unknown): Problem =>
  new Problem('gateway.bad_answer', `The gateway answered something that cannot be understood (${detail})`, {
    fix: 'Check that the port belongs to OpenClaw, and restart the gateway.',
    cause,
  });

export const tooManyWaiting = (): Problem =>
  new Problem('gateway.busy', 'Too many calls to this gateway wait for an answer', { fix: 'Try again in a moment.', retryAfter: 5 });

export interface WireError {
  code?: string | undefined;
  message?: string | undefined;
  /** What exactly it was: `code` alone is often only INVALID_REQUEST. */
  details?: { code?: string | undefined; issues?: { path: string; message: string }[] | undefined } | undefined;
  retryAfterMs?: number | undefined;
}

const DEFAULT_RETRY_MS = 5_000;
const MOST_RETRY_MS = 10 * 60_000;
const MOST_SAID = 300;
const MOST_ISSUES = 50;

/** What the gateway's own error means to a person. */
export function wireProblem({ code = '', message = '', details, retryAfterMs }: WireError, method: string): Problem {
  const said = message.slice(0, MOST_SAID);
  const reason = details?.code ?? code;
  if (/^(AUTH_|DEVICE_|PAIRING_|NOT_PAIRED)/.test(reason)) return tokenMismatch();
  if (reason === 'PROTOCOL_MISMATCH') return incompatible(said);
  if (/unknown method/i.test(message)) {
    return new Problem('gateway.method_unknown', `This version of OpenClaw does not know “${method}”`, {
      fix: 'Update OpenClaw on the server.',
    });
  }
  if (reason === 'MISSING_SCOPE' || code === 'FORBIDDEN')
    return new Problem('gateway.scope_missing', `The gateway does not allow this to your role: ${said}`, {
      fix: 'Ask somebody with a higher role on this server.',
    });
  if (code === 'UNAVAILABLE' || retryAfterMs !== undefined) {
    return new Problem('gateway.busy', `The gateway is busy: ${said}`, {
      fix: 'Try again in a moment.',
      retryAfter: Math.ceil(Math.min(Math.max(0, retryAfterMs ?? DEFAULT_RETRY_MS), MOST_RETRY_MS) / 1000),
    });
  }
  return new Problem('gateway.refused', `The gateway refused: ${said || code.slice(0, MOST_SAID) || 'no reason given'}`, {
    fix: 'Change what it complains about, and try again.',
    ...(details?.issues && {
      issues: details.issues
        .slice(0, MOST_ISSUES)
        .map(({ path, message: what }) => ({ path: path.slice(0, MOST_SAID), message: what.slice(0, MOST_SAID) })),
    }),
  });
}
