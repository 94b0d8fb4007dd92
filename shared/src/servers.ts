import * as z from 'zod/mini';
import { Name, Port, Time } from './fields.ts';
import { route } from './route.ts';

export const Role = z.enum(['viewer', 'admin', 'owner']);

// RFC 1123 labels (a trailing dot is cut), an IPv4 address or an IPv6 address; never a leading "-", which ssh would read
// as an option. International names are given in their ASCII form (`xn--…`); the form of the app converts them.
const hostname = /^(?=.{1,253}\.?$)(?!-)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i;
const ipv6 = /^[0-9a-f:]{2,39}(\.\d{1,3}){0,3}$/i;
export const isHost = (text: string): boolean => hostname.test(text) || (text.includes(':') && ipv6.test(text));

export const HostName = z.string().check(z.trim(), z.toLowerCase(), z.maxLength(253), z.refine(isHost, 'not a host name or an IP address'));
export const Username = z.string().check(z.regex(/^[a-z_][a-z0-9_-]{0,31}\$?$/, 'not a Unix user name'));

const Password = z.string().check(z.minLength(1), z.maxLength(1024));
const PrivateKey = z.string().check(z.minLength(1), z.maxLength(32_768));
export const AuthMethod = z.enum(['password', 'key', 'generated']);
const Tag = z.string().check(z.trim(), z.minLength(1), z.maxLength(32), z.regex(/^[^\p{Cc}]*$/u));

const credential = {
  authMethod: AuthMethod,
  password: z.optional(Password),
  privateKey: z.optional(PrivateKey),
  passphrase: z.optional(Password),
};

/** A machine in between. Its host key is pinned like the server's. */
export const NewJump = z.strictObject({
  host: HostName,
  port: z._default(Port, 22),
  username: Username,
  ...credential,
  authMethod: z.enum(['password', 'key']),
});

export const NewServer = z.strictObject({
  name: Name,
  host: HostName,
  port: z._default(Port, 22),
  username: Username,
  ...credential,
  sudoPassword: z.optional(Password),
  tags: z._default(z.array(Tag).check(z.maxLength(16)), []),
  jump: z.optional(z.nullable(NewJump)),
});
export type NewServer = z.output<typeof NewServer>;

/** What is left out stays. Another host, port or user name asks for the secret again and forgets the pinned key. */
export const ChangedServer = z.strictObject({
  name: z.optional(Name),
  host: z.optional(HostName),
  port: z.optional(Port),
  username: z.optional(Username),
  authMethod: z.optional(AuthMethod),
  password: z.optional(Password),
  privateKey: z.optional(PrivateKey),
  passphrase: z.optional(z.nullable(Password)),
  sudoPassword: z.optional(z.nullable(Password)),
  tags: z.optional(z.array(Tag).check(z.maxLength(16))),
  jump: z.optional(z.nullable(NewJump)),
});
export type ChangedServer = z.output<typeof ChangedServer>;

export const HostKeyShown = z.object({ type: z.string(), sha256: z.string() });

/** `reachable` (it answers) and `online` (we can log in) are different things. */
export const ServerState = z.enum(['unknown', 'online', 'reachable', 'offline', 'auth_failed', 'key_changed']);

export const Server = z.object({
  id: z.string(),
  name: z.string(),
  role: Role,
  tags: z.array(z.string()),
  /** `trial`: "This machine" of the local trial; it cannot be edited. */
  kind: z.enum(['ssh', 'trial']),
  state: ServerState,
  stateAt: z.nullable(Time),
  openTaskId: z.nullable(z.string()),
  createdAt: Time,
  updatedAt: Time,
  // For admin and owner only:
  host: z.optional(z.string()),
  port: z.optional(z.number()),
  username: z.optional(z.string()),
  authMethod: z.optional(AuthMethod),
  hasPassword: z.optional(z.boolean()),
  hasKey: z.optional(z.boolean()),
  hasPassphrase: z.optional(z.boolean()),
  hasSudoPassword: z.optional(z.boolean()),
  /** The line for `authorized_keys`, where the key pair was generated here. */
  publicKey: z.optional(z.string()),
  hostKey: z.optional(z.nullable(HostKeyShown)),
  jump: z.optional(
    z.nullable(
      z.object({
        host: z.string(),
        port: z.number(),
        username: z.string(),
        hasPassword: z.boolean(),
        hasKey: z.boolean(),
        hostKey: z.nullable(HostKeyShown),
      }),
    ),
  ),
});
export type Server = z.output<typeof Server>;

export const TestStage = z.object({
  stage: z.string(),
  ok: z.boolean(),
  ms: z.number(),
  code: z.optional(z.string()),
  message: z.optional(z.string()),
  fix: z.optional(z.string()),
});

/** `pinned`: the key shown is the pinned one. On an unpinned server the test ends after the key; no credential was sent. */
export const ServerTest = z.object({
  ok: z.boolean(),
  code: z.optional(z.string()),
  stages: z.array(TestStage),
  hostKey: z.nullable(HostKeyShown),
  jumpHostKey: z.optional(z.nullable(HostKeyShown)),
  pinned: z.boolean(),
});

export const serverRoutes = {
  listServers: route({
    method: 'get',
    path: '/servers',
    summary: 'The servers that the caller may see, by name',
    access: 'user',
    returns: z.object({ servers: z.array(Server) }),
  }),
  addServer: route({
    method: 'post',
    path: '/servers',
    summary: 'Add a server; the caller becomes its owner',
    access: 'user',
    limit: 'submit',
    audit: 'server.create',
    body: NewServer,
    returns: Server,
    status: 201,
  }),
  readServer: route({ method: 'get', path: '/servers/:id', summary: 'One server', access: 'server:viewer', returns: Server }),
  changeServer: route({
    method: 'put',
    path: '/servers/:id',
    summary: 'Change a server',
    access: 'server:admin',
    audit: 'server.update',
    body: ChangedServer,
    returns: Server,
  }),
  removeServer: route({
    method: 'delete',
    path: '/servers/:id',
    summary: 'Forget a server: its tasks, sockets and grants end; what stands on the machine stays',
    access: 'server:owner',
    audit: 'server.delete',
    status: 204,
  }),
  testServer: route({
    method: 'post',
    path: '/servers/:id/test',
    summary: 'Reach the server stage by stage and say where it fails',
    access: 'server:admin',
    limit: 'server-test',
    audit: 'server.test',
    body: z.strictObject({}),
    returns: ServerTest,
  }),
  pinHostKey: route({
    method: 'post',
    path: '/servers/:id/host-key',
    summary: 'Pin the host key that a test has shown',
    access: 'server:owner',
    audit: 'server.host_key_pin',
    body: z.strictObject({
      sha256: z.string().check(z.regex(/^SHA256:[A-Za-z0-9+/]{43}$/)),
      hop: z._default(z.enum(['server', 'jump']), 'server'),
    }),
    returns: Server,
  }),
};
