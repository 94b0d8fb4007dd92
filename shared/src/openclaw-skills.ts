import * as z from 'zod/mini';
import { route } from './route.ts';

export const MOST_SKILL_BYTES = 5 * 1024 * 1024;
const ARCHIVE_BODY_BYTES = 8 * 1024 * 1024;

const words = z.array(z.string());
export const Skill = z.object({
  key: z.string(),
  name: z.string(),
  description: z.string(),
  emoji: z.nullable(z.string()),
  homepage: z.nullable(z.string()),
  source: z.string(),
  bundled: z.boolean(),
  /** Off is off for every agent of the gateway. */
  enabled: z.boolean(),
  /** This agent's list of skills leaves it out. */
  blockedForAgent: z.boolean(),
  /** All that it needs is there. */
  eligible: z.boolean(),
  missing: z.object({ programs: words, env: words, config: words, systems: words }),
});
export type Skill = z.output<typeof Skill>;

/** What ClawHub says about a skill. Nobody has looked at one that is `unknown`. */
export const Verdict = z.enum(['clean', 'unknown', 'malicious']);
export type Verdict = z.output<typeof Verdict>;

export const HubSkill = z.object({
  slug: z.string(),
  name: z.string(),
  summary: z.nullable(z.string()),
  version: z.nullable(z.string()),
  owner: z.nullable(z.string()),
  verdict: Verdict,
});
export type HubSkill = z.output<typeof HubSkill>;

const AgentQuery = z.optional(z.string().check(z.minLength(1), z.maxLength(64)));
const Slug = z.string().check(z.regex(/^(@[\w-]{1,64}\/)?[A-Za-z0-9][\w.-]{0,99}$/, 'the name of a skill'));
const Version = z.string().check(z.regex(/^[\w.+-]{1,64}$/, 'a version'));
/** Says that a skill which nobody has checked is meant all the same. */
const Confirm = z._default(z.boolean(), false);

export const InstallSkill = z.strictObject({ slug: Slug, version: z.optional(Version), agentId: AgentQuery, confirm: Confirm });
export type InstallSkill = z.output<typeof InstallSkill>;

export const UploadSkill = z.strictObject({
  slug: z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and dashes')),
  /** A .zip with SKILL.md at its top, in base64. */
  archive: z
    .string()
    .check(z.minLength(1), z.maxLength(Math.ceil((MOST_SKILL_BYTES * 4) / 3) + 4), z.regex(/^[A-Za-z0-9+/]+={0,2}$/, 'base64 of a .zip')),
  agentId: AgentQuery,
  confirm: Confirm,
});
export type UploadSkill = z.output<typeof UploadSkill>;

const Installed = z.object({ slug: z.string(), version: z.nullable(z.string()), warning: z.nullable(z.string()) });

export const skillRoutes = {
  listSkills: route({
    method: 'get',
    path: '/servers/:id/openclaw/skills',
    summary: 'The skills of the gateway, as one agent has them',
    access: 'server:viewer',
    query: z.strictObject({ agentId: AgentQuery }),
    returns: z.object({ skills: z.array(Skill) }),
  }),
  readSkill: route({
    method: 'get',
    path: '/servers/:id/openclaw/skills/:skillKey',
    summary: 'One skill',
    access: 'server:viewer',
    query: z.strictObject({ agentId: AgentQuery }),
    returns: Skill,
  }),
  setSkill: route({
    method: 'put',
    path: '/servers/:id/openclaw/skills/:skillKey',
    summary: 'Enable or disable a skill for all agents of the gateway',
    access: 'server:admin',
    limit: 'submit',
    audit: 'openclaw.skill_set',
    body: z.strictObject({ enabled: z.boolean() }),
    returns: Skill,
  }),
  searchSkillHub: route({
    method: 'get',
    path: '/servers/:id/openclaw/skill-hub',
    summary: 'Skills on ClawHub, as the server finds them',
    access: 'server:viewer',
    limit: 'read',
    query: z.strictObject({ query: z.string().check(z.trim(), z.minLength(1), z.maxLength(100)) }),
    returns: z.object({ skills: z.array(HubSkill) }),
  }),
  readHubSkill: route({
    method: 'get',
    path: '/servers/:id/openclaw/skill-hub/:slug',
    summary: 'A skill on ClawHub, with its security verdict',
    access: 'server:viewer',
    limit: 'read',
    returns: HubSkill,
  }),
  installSkill: route({
    method: 'post',
    path: '/servers/:id/openclaw/skills/install',
    summary: 'Install a skill from ClawHub: never a malicious one, an unchecked one only with `confirm`',
    access: 'server:admin',
    limit: 'submit',
    audit: 'openclaw.skill_install',
    body: InstallSkill,
    returns: Installed,
  }),
  updateSkill: route({
    method: 'post',
    path: '/servers/:id/openclaw/skills/:skillKey/update',
    summary: 'Update a skill that came from ClawHub, by the same rules',
    access: 'server:admin',
    limit: 'submit',
    audit: 'openclaw.skill_update',
    body: z.strictObject({ agentId: AgentQuery, confirm: Confirm }),
    returns: Installed,
  }),
  uploadSkill: route({
    method: 'post',
    path: '/servers/:id/openclaw/skills/upload',
    summary: 'Install a skill from an archive of one’s own; needs no network',
    access: 'server:admin',
    limit: 'submit',
    audit: 'openclaw.skill_upload',
    bodyBytes: ARCHIVE_BODY_BYTES,
    body: UploadSkill,
    returns: Installed,
  }),
};
