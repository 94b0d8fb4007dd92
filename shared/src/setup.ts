import * as z from 'zod/mini';
import { Accepted, Name, Port, QueryInt } from './fields.ts';
import { route } from './route.ts';

export const Verdict = z.enum(['pass', 'warn', 'block']);
/** What a check of a server can find: the stable name under which its sentence is translated. */
export const PREREQ_CODES = [
  'prereq.os_fine',
  'prereq.os_other',
  'prereq.arch_fine',
  'prereq.arch_other',
  'prereq.libc_musl',
  'prereq.libc_fine',
  'prereq.node_fine',
  'prereq.node_old',
  'prereq.node_none',
  'prereq.openclaw_there',
  'prereq.openclaw_none',
  'prereq.port_ours',
  'prereq.port_free',
  'prereq.port_taken',
  'prereq.registry_answers',
  'prereq.registry_silent',
  'prereq.registry_later',
  'prereq.forwarding_fine',
  'prereq.forwarding_off',
  'prereq.tmp_noexec',
  'prereq.tmp_fine',
  'prereq.shell_fine',
  'prereq.tar_there',
  'prereq.tar_none',
  'prereq.memory_short',
  'prereq.memory_tight',
  'prereq.memory_fine',
  'prereq.disk_short',
  'prereq.disk_tight',
  'prereq.disk_fine',
  'prereq.sudo_root',
  'prereq.sudo_free',
  'prereq.sudo_none',
  'prereq.sudo_terminal',
  'prereq.sudo_not_allowed',
  'prereq.sudo_stored',
  'prereq.sudo_asks',
  'prereq.systemd_none',
  'prereq.systemd_user',
  'prereq.systemd_machine',
  'prereq.systemd_no_bus',
  'prereq.linger_on',
  'prereq.linger_set',
  'prereq.linger_tried',
  'prereq.clock_right',
  'prereq.clock_wrong',
] as const;
export type PrereqCode = (typeof PREREQ_CODES)[number];

export const PrereqItem = z.object({
  key: z.string(),
  code: z.optional(z.enum(PREREQ_CODES)),
  verdict: Verdict,
  value: z.string(),
  message: z.string(),
  fix: z.optional(z.string()),
});
export const Prereqs = z.object({ verdict: Verdict, items: z.array(PrereqItem) });
export type Prereqs = z.output<typeof Prereqs>;

/** A version (`2026.9.6`) or a dist-tag (`latest`, `beta`) of an npm package. */
export const Version = z.string().check(z.regex(/^[a-z0-9][a-z0-9.-]{0,63}$/i, 'not a version'));

const ModelId = z.string().check(z.trim(), z.minLength(1), z.maxLength(200), z.regex(/^[\w.:/@+-]+$/, 'not a model name'));
const BaseUrl = z.string().check(z.trim(), z.maxLength(2048), z.regex(/^https?:\/\/[^\s]+$/i, 'not an http(s) address'));

export const Provider = z.strictObject({
  kind: z.enum(['openai-compatible', 'anthropic', 'openai', 'ollama', 'none']),
  baseUrl: z.optional(BaseUrl),
  apiKey: z.optional(z.string().check(z.minLength(1), z.maxLength(4096), z.regex(/^[\x21-\x7e]+$/, 'no spaces or line breaks'))),
  model: z.optional(ModelId),
});
export type Provider = z.output<typeof Provider>;

export const Bind = z.enum(['loopback', 'lan', 'tailnet', 'auto']);
export const AgentId = z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and dashes'));

const OnboardInput = z.strictObject({ provider: z.optional(Provider) });
const GatewayInput = z.strictObject({
  port: z.optional(Port),
  bind: z.optional(Bind),
  /** A gateway that other machines can reach is refused unless this says that it is meant. */
  confirmExposed: z.optional(z.boolean()),
});
const DefaultAgentInput = z.strictObject({ name: z.optional(Name), model: z.optional(ModelId) });

export const SetupRun = z.strictObject({
  version: z.optional(Version),
  ...OnboardInput.shape,
  ...GatewayInput.shape,
  agent: z.optional(DefaultAgentInput),
});
export type SetupRun = z.output<typeof SetupRun>;

export const GatewayHealth = z.object({
  ok: z.boolean(),
  ready: z.boolean(),
  rpc: z.boolean(),
  version: z.nullable(z.string()),
  ms: z.number(),
  code: z.optional(z.string()),
  message: z.optional(z.string()),
  fix: z.optional(z.string()),
});

export const ComponentVersion = z.object({
  component: z.enum(['node', 'openclaw']),
  current: z.nullable(z.string()),
  latest: z.nullable(z.string()),
  updateAvailable: z.boolean(),
  message: z.optional(z.string()),
});

const step = <const Name extends string>(name: Name, summary: string) =>
  ({
    method: 'post',
    path: `/servers/:id/setup/${name}`,
    summary,
    access: 'server:admin',
    limit: 'submit',
    audit: `setup.${name}`,
    returns: Accepted,
    status: 202,
    idempotent: true,
  }) as const;

const noInput = z.strictObject({});

export const setupRoutes = {
  checkPrereqs: route({
    method: 'get',
    path: '/servers/:id/setup/check-prereqs',
    summary: 'What the machine has and lacks for OpenClaw, in one round trip',
    access: 'server:viewer',
    alsoPost: true,
    returns: Prereqs,
  }),
  installNode: route({ ...step('install-node', 'Install Node.js 24 where a suitable one is missing'), body: noInput }),
  installOpenclaw: route({
    ...step('install-openclaw', 'Install OpenClaw from npm'),
    body: z.strictObject({ version: z.optional(Version) }),
  }),
  onboard: route({ ...step('onboard', 'Write the first configuration of OpenClaw, with or without a model'), body: OnboardInput }),
  configureGateway: route({ ...step('configure-gateway', 'Set port, bind and token of the gateway'), body: GatewayInput }),
  installService: route({ ...step('systemd', 'Keep the gateway running, also after a logout and a reboot'), body: noInput }),
  verifyHealth: route({
    method: 'get',
    path: '/servers/:id/setup/verify-health',
    summary: 'Whether the gateway is ready and answers a call; `?wait=60` waits for it',
    access: 'server:viewer',
    alsoPost: true,
    query: z.strictObject({ wait: z._default(QueryInt(0, 60), 0) }),
    returns: GatewayHealth,
  }),
  createDefaultAgent: route({
    ...step('create-default-agent', 'Create the first agent and wait until it can be used'),
    body: DefaultAgentInput,
  }),
  checkUpdates: route({
    method: 'get',
    path: '/servers/:id/setup/check-updates',
    summary: 'Installed and newest versions',
    access: 'server:viewer',
    alsoPost: true,
    returns: z.object({ components: z.array(ComponentVersion) }),
  }),
  updateComponent: route({
    ...step('update-component', 'Update Node.js in place, or OpenClaw by its safe update: with a backup, a check, and a way back'),
    body: z.strictObject({ component: z.enum(['node', 'openclaw', 'rag', 'ollama']), version: z.optional(Version) }),
  }),
  runSetup: route({
    ...step('run', 'The whole setup as one task; it resumes at the step that failed'),
    body: SetupRun,
  }),
};
