import { sh } from '../../lib/sh.ts';

type Config = Record<string, unknown>;

const inside = (value: unknown, ...keys: string[]): unknown =>
  keys.reduce<unknown>(
    (found, key) => (typeof found === 'object' && found !== null && Object.hasOwn(found, key) ? (found as Config)[key] : undefined),
    value,
  );
const namesOf = (value: unknown): string[] => (Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []);

/** Words that an agent's rules use for running commands. */
const RUNS = new Set(['exec', 'bash', 'group:runtime', '*']);
const PROFILES_WITH_EXEC = new Set(['coding', 'full']);

/**
 * Which rule of the configuration keeps an agent from running commands in the shell of the server; `undefined` where none does. The rules of
 * single senders and models are not looked at. They are OpenClaw 2026.9's (its docs, gateway/config-tools/tool-policy and tools/exec).
 */
export function ruleAgainstCommands(config: Config, agentId: string): string | undefined {
  const own = inside(config, 'agents', 'entries', agentId);
  const places: [string, unknown][] = [
    ['tools', inside(config, 'tools')],
    [`agents.entries.${agentId}.tools`, inside(own, 'tools')],
  ];
  for (const [at, tools] of places) {
    if (namesOf(inside(tools, 'deny')).some((name) => RUNS.has(name))) return `${at}.deny`;
    const allow = namesOf(inside(tools, 'allow'));
    if (allow.length > 0 && !allow.some((name) => RUNS.has(name))) return `${at}.allow`;
  }
  const nearest = (...keys: string[]): [string, unknown] | undefined =>
    places
      .toReversed()
      .map(([at, tools]): [string, unknown] => [`${at}.${keys.join('.')}`, inside(tools, ...keys)])
      .find(([, value]) => value !== undefined);
  const mode = nearest('exec', 'mode');
  if (mode?.[1] === 'deny') return mode[0];
  const profile = nearest('profile');
  const also = places.flatMap(([, tools]) => namesOf(inside(tools, 'alsoAllow')));
  if (profile && !PROFILES_WITH_EXEC.has(String(profile[1])) && !also.some((name) => RUNS.has(name))) return profile[0];
  const sandbox = inside(own, 'sandbox', 'mode') ?? inside(config, 'agents', 'defaults', 'sandbox', 'mode');
  // In a sandbox the command, its Node and the service are out of reach.
  if (sandbox !== undefined && sandbox !== 'off') return 'sandbox.mode';
  return undefined;
}

/** The command of one agent: it names the file with the agent's token, so that the token stands on no command line. */
export const commandText = ({ node, program, connection }: { node: string; program: string; connection: string }): string =>
  `#!/bin/sh\nexec ${sh`${node} ${program} --connection ${connection}`.text} "$@"\n`;
