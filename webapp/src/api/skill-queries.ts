import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { skillRoutes, type InstallSkill, type Skill } from '@clawmoor/shared/openclaw-skills.ts';
import { useChange } from './queries.ts';
import { call } from './session.ts';

const ofServer = (id: string) => ['skills', id] as const;

export const useSkills = (id: string) =>
  useQuery({
    queryKey: ofServer(id),
    queryFn: async ({ signal }) => (await call(skillRoutes.listSkills, { id }, { signal })).skills,
    staleTime: 30_000,
  });

/** Shown at once, and taken back where it fails. */
export function useSetSkill(id: string) {
  const client = useQueryClient();
  const put = (skill: Skill): void =>
    void client.setQueryData<Skill[]>(ofServer(id), (all) => all?.map((one) => (one.key === skill.key ? skill : one)));
  return useMutation({
    mutationFn: ({ skill, enabled }: { skill: Skill; enabled: boolean }) =>
      call(skillRoutes.setSkill, { id, skillKey: skill.key, body: { enabled } }),
    onMutate: ({ skill, enabled }) => put({ ...skill, enabled }),
    onError: (_error, { skill }) => put(skill),
    onSuccess: put,
  });
}
export const useSkillHub = (id: string, query: string) =>
  useQuery({
    queryKey: ['skill-hub', id, query],
    queryFn: async ({ signal }) => (await call(skillRoutes.searchSkillHub, { id, query }, { signal })).skills,
    enabled: query !== '',
    staleTime: 60_000,
  });
export const useHubSkill = (id: string, slug: string | undefined) =>
  useQuery({
    queryKey: ['skill-hub', id, 'one', slug],
    queryFn: ({ signal }) => call(skillRoutes.readHubSkill, { id, slug: slug ?? '' }, { signal }),
    enabled: slug !== undefined,
  });
export const useInstallSkill = (id: string) =>
  useChange((body: InstallSkill) => call(skillRoutes.installSkill, { id, body }), [ofServer(id)]);
export const useUpdateSkill = (id: string, skillKey: string) =>
  useChange(
    ({ confirm, agentId }: { confirm: boolean; agentId: string | undefined }) =>
      call(skillRoutes.updateSkill, { id, skillKey, body: { confirm, ...(agentId !== undefined && { agentId }) } }),
    [ofServer(id)],
  );
