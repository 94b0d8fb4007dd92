import type { Server, serverRoutes } from '@clawmoor/shared/servers.ts';
import type { Servers } from '../features/servers/servers.ts';
import type { Handlers } from '../http/handlers.ts';
import type { RequestContext } from '../lib/caller.ts';

export function serverHandlers({ servers }: { servers: Servers }): Handlers<typeof serverRoutes> {
  return {
    listServers: async (_input, { caller }) => ({ servers: await servers.list(caller.userId) }),
    async addServer({ body }, { caller, note }) {
      note({ after: { name: body.name, host: body.host, port: body.port } });
      const server = await servers.add(caller, body);
      note({ serverId: server.id, target: server.id, after: audited(server) });
      return server;
    },
    readServer: ({ id }, context) => servers.read(id, roleIn(context)),
    async changeServer({ id, body }, context) {
      context.note({ before: audited(await servers.read(id, roleIn(context))) });
      const server = await servers.change(id, roleIn(context), body);
      context.note({ after: audited(server) });
      return server;
    },
    async removeServer({ id }, context) {
      context.note({ before: audited(await servers.read(id, roleIn(context))) });
      await servers.remove(id);
    },
    async testServer({ id }, { signal, note }) {
      const result = await servers.test(id, signal);
      note({ after: { ok: result.ok, code: result.code, hostKey: result.hostKey, jumpHostKey: result.jumpHostKey } });
      return result;
    },
    async pinHostKey({ id, body }, context) {
      const { hostKey, jump } = await servers.read(id, roleIn(context));
      context.note({ before: { sha256: (body.hop === 'jump' ? jump?.hostKey : hostKey)?.sha256 ?? null }, after: body });
      return servers.pinHostKey(id, { ...body, by: context.caller.userId, confirm: context.stepUp });
    },
  };
}

const roleIn = ({ server }: RequestContext) => server?.role ?? 'viewer';

/** What the audit log keeps of a server; its view holds no secret in the first place. */
const audited = ({ name, host, port, username, authMethod, tags }: Server) => ({ name, host, port, username, authMethod, tags });
