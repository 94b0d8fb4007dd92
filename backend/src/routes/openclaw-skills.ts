import type { skillRoutes } from '@clawmoor/shared/openclaw-skills.ts';
import type { OfServer } from '../features/openclaw/sessions.ts';
import { installSkill, readHubSkill, searchHub, updateHubSkill, uploadSkill } from '../features/openclaw/skill-install.ts';
import { listSkills, readSkill, setSkill } from '../features/openclaw/skills.ts';
import type { Handlers } from '../http/handlers.ts';
import type { RequestContext } from '../lib/caller.ts';
import type { Gateways } from '../lib/gateway.ts';

export function skillHandlers({ gateways }: { gateways: Gateways }): Handlers<typeof skillRoutes> {
  const of = (serverId: string, { server, signal }: RequestContext): OfServer => ({ serverId, as: server?.role ?? 'viewer', signal });
  return {
    listSkills: async ({ id, agentId }, context) => ({ skills: await listSkills(gateways, of(id, context), agentId) }),
    readSkill: ({ id, skillKey, agentId }, context) => readSkill(gateways, of(id, context), skillKey, agentId),
    async setSkill({ id, skillKey, body }, context) {
      context.note({ target: skillKey, after: body });
      const { before, after } = await setSkill(gateways, of(id, context), skillKey, body.enabled);
      context.note({ before: { enabled: before.enabled } });
      return after;
    },
    searchSkillHub: async ({ id, query }, context) => ({ skills: await searchHub(gateways, of(id, context), query) }),
    readHubSkill: ({ id, slug }, context) => readHubSkill(gateways, of(id, context), slug),
    installSkill({ id, body }, context) {
      context.note({ target: body.slug, after: body });
      return installSkill(gateways, of(id, context), body);
    },
    updateSkill({ id, skillKey, body }, context) {
      context.note({ target: skillKey, after: body });
      return updateHubSkill(gateways, of(id, context), skillKey, body);
    },
    uploadSkill({ id, body }, context) {
      const { archive, ...wanted } = body;
      context.note({ target: body.slug, after: { ...wanted, size: Buffer.byteLength(archive, 'base64') } });
      return uploadSkill(gateways, of(id, context), body);
    },
  };
}
