import type { Insertable, Selectable } from 'kysely';
import type { Database, Tables } from '../../lib/tables.ts';

export type SkillRow = Selectable<Tables['rag_skill']>;

export function ragStore(db: Database) {
  return {
    service: (serverId: string): Promise<Selectable<Tables['rag_service']> | undefined> =>
      db.selectFrom('rag_service').selectAll().where('server_id', '=', serverId).executeTakeFirst(),
    setService: (row: Insertable<Tables['rag_service']>) =>
      db
        .insertInto('rag_service')
        .values(row)
        .onConflict((conflict) =>
          conflict.column('server_id').doUpdateSet({ token: row.token, port: row.port, installed_at: row.installed_at }),
        )
        .execute(),
    skills: (serverId: string): Promise<SkillRow[]> =>
      db.selectFrom('rag_skill').selectAll().where('server_id', '=', serverId).orderBy('agent_id').execute(),
    skill: (serverId: string, agentId: string): Promise<SkillRow | undefined> =>
      db.selectFrom('rag_skill').selectAll().where('server_id', '=', serverId).where('agent_id', '=', agentId).executeTakeFirst(),
    setSkill: ({ server_id, agent_id, ...rest }: SkillRow) =>
      db
        .insertInto('rag_skill')
        .values({ server_id, agent_id, ...rest })
        .onConflict((conflict) => conflict.columns(['server_id', 'agent_id']).doUpdateSet(rest))
        .execute(),
    removeSkill: (serverId: string, agentId: string) =>
      db.deleteFrom('rag_skill').where('server_id', '=', serverId).where('agent_id', '=', agentId).execute(),
  };
}
