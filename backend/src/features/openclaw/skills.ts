import * as z from 'zod/mini';
import { setTimeout as delay } from 'node:timers/promises';
import type { Skill } from '@clawmoor/shared/openclaw-skills.ts';
import type { Gateways } from '../../lib/gateway.ts';
import { agentNotFound } from './openclaw.problems.ts';
import type { OfServer } from './sessions.ts';
import { skillNotFound } from './skills.problems.ts';
import { clip, isRefusal, understand } from './understand.ts';

const words = z._default(z.array(z.string()), []);
const WireSkill = z.object({
  skillKey: z.string(),
  name: z.optional(z.string()),
  description: z.optional(z.nullable(z.string())),
  emoji: z.optional(z.nullable(z.string())),
  homepage: z.optional(z.nullable(z.string())),
  source: z.optional(z.string()),
  bundled: z.optional(z.boolean()),
  disabled: z.optional(z.boolean()),
  blockedByAgentFilter: z.optional(z.boolean()),
  eligible: z.optional(z.boolean()),
  missing: z.optional(z.object({ bins: words, anyBins: words, env: words, config: words, os: words })),
});
const SkillsStatus = z.object({ skills: z.array(WireSkill) });
const MOST_SKILLS = 2_000;
const LISTED_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 200;

export async function listSkills(gateways: Gateways, { serverId, as, signal }: OfServer, agentId: string | undefined): Promise<Skill[]> {
  const params = agentId === undefined ? {} : { agentId };
  const payload = await gateways.request(serverId, { method: 'skills.status', params, as, signal }).catch((error: unknown) => {
    throw isRefusal(error, /unknown agent/i) ? agentNotFound(agentId ?? '') : error;
  });
  return understand(SkillsStatus, payload, 'a list of skills').skills.slice(0, MOST_SKILLS).map(skillOf);
}

export async function readSkill(gateways: Gateways, of: OfServer, key: string, agentId: string | undefined): Promise<Skill> {
  const skill = (await listSkills(gateways, of, agentId)).find((one) => one.key === key);
  if (!skill) throw skillNotFound(key);
  return skill;
}

/** The gateway would take any name, so the skill is looked up first; and its list lags behind what it has just written. */
export async function setSkill(gateways: Gateways, of: OfServer, key: string, enabled: boolean): Promise<{ before: Skill; after: Skill }> {
  const before = await readSkill(gateways, of, key, undefined);
  if (before.enabled === enabled) return { before, after: before };
  const { serverId, signal } = of;
  await gateways.request(serverId, { method: 'skills.update', params: { skillKey: key, enabled }, as: 'control', signal });
  const endAt = performance.now() + LISTED_WITHIN_MS;
  for (;;) {
    const after = await readSkill(gateways, of, key, undefined);
    if (after.enabled === enabled || performance.now() > endAt) return { before, after: { ...after, enabled } };
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}

function skillOf(skill: z.output<typeof WireSkill>): Skill {
  const { bins = [], anyBins = [], env = [], config = [], os = [] } = skill.missing ?? {};
  return {
    key: skill.skillKey.slice(0, 128),
    name: clip(skill.name, 128) ?? skill.skillKey.slice(0, 128),
    description: clip(skill.description, 1_000) ?? '',
    emoji: clip(skill.emoji, 16),
    homepage: skill.homepage?.startsWith('https://') ? clip(skill.homepage, 500) : null,
    source: clip(skill.source, 64) ?? 'unknown',
    bundled: skill.bundled ?? false,
    enabled: !(skill.disabled ?? false),
    blockedForAgent: skill.blockedByAgentFilter ?? false,
    eligible: skill.eligible ?? false,
    missing: { programs: few([...bins, ...anyBins]), env: few(env), config: few(config), systems: few(os) },
  };
}

const few = (names: string[]): string[] => names.slice(0, 50).map((name) => name.slice(0, 128));
