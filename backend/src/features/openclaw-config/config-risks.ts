import { keysOf, merged, nested, valueAt, isObject } from './config-path.ts';
import type { Json } from './config-values.ts';

interface Rule {
  path: string;
  /** The sentence for a person; `undefined` where this value is harmless. */
  message: (value: unknown) => string | undefined;
}

const RULES: readonly Rule[] = [
  {
    path: 'gateway.bind',
    message: (bind) =>
      bind === undefined || bind === 'loopback'
        ? undefined
        : 'The gateway will listen beyond this machine: whoever can reach its port can try its token.',
  },
  {
    path: 'gateway.auth.mode',
    message: (mode) =>
      mode === 'none'
        ? 'The gateway will ask nobody for a token.'
        : mode === undefined || mode === 'token'
          ? undefined
          : 'Clawmoor speaks to the gateway with a token only: it will lock itself out, and the change will be taken back.',
  },
  {
    path: 'gateway.auth.token',
    message: () => 'Every other client with the old token is locked out. Clawmoor reads the new one by itself.',
  },
  { path: 'gateway.port', message: () => 'Other clients must be told the new port. Clawmoor finds it by itself.' },
  {
    path: 'gateway.mode',
    message: (mode) => (mode === 'local' ? undefined : 'A gateway in this mode does not run on this machine, and will not start here.'),
  },
  {
    path: 'gateway.tailscale.mode',
    message: (mode) =>
      mode === 'funnel'
        ? 'The gateway will be reachable from the whole internet.'
        : mode === 'serve'
          ? 'The gateway will be reachable from your whole tailnet.'
          : undefined,
  },
  {
    path: 'gateway.controlUi.allowedOrigins',
    message: (origins) => (Array.isArray(origins) && origins.includes('*') ? 'Any web page may try to speak to the gateway.' : undefined),
  },
  { path: 'tools.exec.security', message: (value) => (value === 'full' ? 'Agents may run any command.' : undefined) },
  { path: 'tools.exec.ask', message: (value) => (value === 'off' ? 'Nobody will be asked before an agent runs a command.' : undefined) },
  {
    path: 'gateway.reload.mode',
    message: (value) => (value === 'off' ? 'Later changes take effect only when you restart the gateway.' : undefined),
  },
];

export interface Risk {
  path: string;
  message: string;
}

/** What a person should know before making these changes. */
export function risksOf(config: Json, changes: readonly { path: string; value: unknown }[]): Risk[] {
  const after = changes.reduce((whole, { path, value }) => merged(whole, nested(keysOf(path), value)), config);
  return RULES.flatMap(({ path, message }) => {
    const keys = keysOf(path);
    const touched = changes.some((change) => touches(keysOf(change.path), keys, change.value));
    const said = touched ? message(valueAt(after, keys) ?? undefined) : undefined;
    return said === undefined ? [] : [{ path, message: said }];
  });
}

/** Whether the gateway would be open to other machines after these changes, and was not before. */
export function exposes(config: Json, changes: readonly { path: string; value: unknown }[]): boolean {
  return risksOf(config, changes).some(({ path, message }) => path === 'gateway.bind' || /whole internet/.test(message));
}

function touches(changed: readonly string[], rule: readonly string[], value: unknown): boolean {
  if (changed.some((key, at) => at < rule.length && key !== rule[at])) return false;
  if (changed.length >= rule.length) return true;
  return value === null || (isObject(value) && valueAt(value, rule.slice(changed.length)) !== undefined);
}
