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

export const incompatible = (detail: string): Problem =>
  new Problem('gateway.incompatible', `This version of OpenClaw speaks another protocol (${detail})`, {
    fix: 'Update OpenClaw on the server, or Clawmoor.',
  });

export const badAnswer = (detail: string, cause?: unknown): Problem =>
  new Problem('gateway.bad_answer', `The gateway answered something that cannot be understood (${detail})`, {
    fix: 'Check that the port belongs to OpenClaw, and restart the gateway.',
    cause,
  });

interface WireError {
  code?: string | undefined;
  message?: string | undefined;
  retryAfterMs?: number | undefined;
}

/** What the gateway's own error means to a person. */
export function wireProblem({ code = '', message = '', retryAfterMs }: WireError, method: string): Problem {
  const text = `${code} ${message}`;
  const said = message.slice(0, 300);
  if (/AUTH_TOKEN_MISMATCH|DEVICE_IDENTITY_REQUIRED|unauthorized/i.test(text)) return tokenMismatch();
  if (/PROTOCOL_MISMATCH/i.test(text)) return incompatible(said);
  if (/unknown method/i.test(text)) {
    return new Problem('gateway.method_unknown', `This version of OpenClaw does not know “${method}”`, {
      fix: 'Update OpenClaw on the server.',
    });
  }
  if (/MISSING_SCOPE|FORBIDDEN/i.test(text))
    return new Problem('gateway.scope_missing', `The gateway does not allow this to your role: ${said}`);
  if (/UNAVAILABLE|startup|rate limit/i.test(text)) {
    return new Problem('gateway.busy', `The gateway is busy: ${said}`, {
      fix: 'Try again in a moment.',
      retryAfter: Math.ceil((retryAfterMs ?? 5_000) / 1000),
    });
  }
  return new Problem('gateway.refused', `The gateway refused: ${said || code || 'no reason given'}`);
}
