import type { Person, TestWorld } from '../support/world.ts';

// The rows of the matrix that no schema can tell. An operation with a part of its path, or an id in its body or query, that
// has no row here fails the matrix: whoever adds one says what a stranger's looks like.

/** Whose ids the rows need. `other` owns the foreign server, and nothing of the own one is theirs. */
export interface Cast {
  test: TestWorld;
  owner: Person;
  viewer: Person;
  other: Person;
  own: string;
  foreign: string;
}

export interface NestedRow {
  /** Ids that exist, and that the caller must not reach by this operation. */
  foreign: (cast: Cast) => Promise<string[]>;
  missing: string;
}

/**
 * `gateway`: a name inside the server `:id` (an agent, a skill); there is nothing foreign beside the server itself, whose check
 * comes first. Else: rows of our own database, each with an owner of its own.
 */
export const NESTED: Record<string, NestedRow | 'gateway'> = {
  userId: {
    // Somebody else's member, and the owner of another server.
    foreign: async ({ test, other, foreign }) => {
      const guest = await test.person(600);
      await other.post(`/servers/${foreign}/access`, { userId: guest.id, role: 'viewer' });
      return [guest.id, other.id];
    },
    missing: '999999999',
  },
  invitationId: {
    // One of another server, and one of the own server that another admin has made.
    foreign: async ({ test, owner, other, foreign, own }) => {
      const admin = await test.person(601);
      await owner.post(`/servers/${own}/access`, { userId: admin.id, role: 'admin' });
      const made = [
        await other.post(`/servers/${foreign}/invitations`, { role: 'viewer' }),
        await admin.post(`/servers/${own}/invitations`, { role: 'viewer' }),
      ];
      return made.map(({ body }) => body.id);
    },
    missing: 'inv_missing0000000000000',
  },
  // An offer of a server to somebody else.
  serverId: {
    foreign: async ({ test, other, foreign }) => {
      const taker = await test.person(602);
      await other.post(`/servers/${foreign}/access`, { userId: taker.id, role: 'admin' });
      await other.post(`/servers/${foreign}/ownership`, { userId: taker.id }, { 'x-step-up': await test.stepUp(other) });
      return [foreign];
    },
    missing: 'srv_missing0000000000000',
  },
  sessionId: {
    foreign: async ({ other }) => (await other.get('/me/sessions')).body.sessions.map(({ id }: { id: string }) => id),
    missing: 'ses_missing0000000000000',
  },
  tokenId: {
    foreign: async ({ other }) => [(await other.post('/me/tokens', { name: 'x', scope: 'read' })).body.id],
    missing: 'pat_missing0000000000000',
  },
  // Whoever is signed in and knows the code may answer it: that is what it is for.
  userCode: { foreign: async () => [], missing: 'BCDF-GHJK' },
  changeId: {
    foreign: async ({ test, other, foreign }) => {
      const row = {
        server_id: foreign,
        at: 1,
        by_user: other.id,
        changes: '[]',
        state: 'applied',
        restarts: 0,
        boot_id: null,
        undoes: null,
      } as const;
      await test.world.db
        .insertInto('config_change')
        .values({ id: 'cfg_foreign0000000000000', ...row })
        .execute();
      return ['cfg_foreign0000000000000'];
    },
    missing: 'cfg_missing0000000000000',
  },
  // One of another server, and one of the installation.
  webhookId: {
    foreign: async ({ test, other, foreign }) => {
      const made = await other.post(`/servers/${foreign}/webhooks`, { url: 'https://hooks.example.test/' });
      const ofAll = await test.world.webhooks.add(null, { url: 'https://hooks.example.test/', kinds: [] }, '900');
      return [made.body.id, ofAll.id];
    },
    missing: 'whk_missing0000000000000',
  },
  // One of a server is none of the installation.
  hookId: {
    foreign: async ({ other, foreign }) => [
      (await other.post(`/servers/${foreign}/webhooks`, { url: 'https://hooks.example.test/' })).body.id,
    ],
    missing: 'whk_missing0000000000000',
  },
  budgetId: {
    foreign: async ({ other, foreign }) => [
      (await other.post(`/servers/${foreign}/openclaw/budgets`, { period: 'day', limitUsd: 1, policy: 'warn' })).body.id,
    ],
    missing: 'bgt_missing0000000000000',
  },
  rolloutId: {
    foreign: async ({ other, foreign }) => [(await other.post('/openclaw/updates', { serverIds: [foreign], version: '2026.9.6' })).body.id],
    missing: 'rol_missing0000000000000',
  },
  // Files of the server `:id` itself, and of the installation: nobody else has any.
  backupId: 'gateway',
  filename: 'gateway',
  agentId: 'gateway',
  sessionKey: 'gateway',
  skillKey: 'gateway',
};
// A test of its own says the rest: an unknown name inside a gateway answers 404 with that noun's code.
for (const name of [
  'name',
  'messageId',
  'slug',
  'hubId',
  'pluginId',
  'channel',
  'channelId',
  'pairingId',
  'requestId',
  'jobId',
  'deviceId',
  'provider',
  'approvalId',
])
  NESTED[name] = 'gateway';

/** A body with which the operation would do its work, for operations that read their body before they look for the object. */
export const VALID_BODY: Record<string, unknown> = {
  changeAccess: { role: 'admin' },
  changeBudget: { period: 'day', limitUsd: 1, policy: 'warn' },
};

export interface IdRow {
  /** Sends a foreign and a missing id; answers both answers, which must be the same refusal. */
  foreign: (cast: Cast) => Promise<{ status: number; body: { code: string } }>;
  missing: (cast: Cast) => Promise<{ status: number; body: { code: string } }>;
}

const IN_GATEWAY = 'a name inside the gateway of the server `:id`';

/** The verdict on the one server that was named, as if it were the whole answer. */
const verdictOf = async (answer: ReturnType<Person['post']>): Promise<{ status: number; body: { code: string } }> => {
  const { status, body, text } = await answer;
  const [verdict] = body.verdicts ?? [];
  if (status !== 200 || verdict === undefined || verdict.ok) throw new Error(`not refused: ${text}`);
  return { status: 404, body: { code: verdict.code } };
};

/** Ids in bodies and queries, by operation and path. A sentence instead of a row says why nothing can be foreign about it. */
export const IDS: Record<string, IdRow | string> = {
  'listTasks.serverId': 'the access rule `query:viewer` reads it: the matrix above asks with own, foreign and missing ones',
  'readActiveTask.serverId': 'likewise',
  'readActiveServer.serverId': 'likewise',
  'createAgent.id': 'the name of something new inside the server `:id`',
  'grantAccess.userId': 'names a person who is given something; nothing of theirs is reached',
  'createInvitation.forUserId': 'likewise',
  'offerOwnership.userId': {
    foreign: async ({ test, owner, own, other }) =>
      owner.post(`/servers/${own}/ownership`, { userId: other.id }, { 'x-step-up': await test.stepUp(owner) }),
    missing: async ({ test, owner, own }) =>
      owner.post(`/servers/${own}/ownership`, { userId: '999999999' }, { 'x-step-up': await test.stepUp(owner) }),
  },
  'changeNotificationPrefs.mutedServers': {
    foreign: ({ owner, own, foreign }) => owner.put('/me/notification-prefs', { mutedServers: [own, foreign] }),
    missing: ({ owner, own }) => owner.put('/me/notification-prefs', { mutedServers: [own, 'srv_missing0000000000000'] }),
  },
  'listAudit.serverId': 'super-admins read the audit log of every server',
  'exportAudit.serverId': 'likewise',
  'cloneAgent.toServerId': {
    foreign: ({ owner, own, foreign }) => owner.post(`/servers/${own}/openclaw/agents/main/clone`, { toServerId: foreign, id: 'copy' }),
    missing: ({ owner, own }) =>
      owner.post(`/servers/${own}/openclaw/agents/main/clone`, { toServerId: 'srv_missing0000000000000', id: 'copy' }),
  },
  'killServers.serverIds': {
    foreign: ({ owner, foreign }) => verdictOf(owner.post('/kill', { serverIds: [foreign], mode: 'pause' })),
    missing: ({ owner }) => verdictOf(owner.post('/kill', { serverIds: ['srv_missing0000000000000'], mode: 'pause' })),
  },
  'resumeServers.serverIds': {
    foreign: ({ owner, foreign }) => verdictOf(owner.post('/resume', { serverIds: [foreign] })),
    missing: ({ owner }) => verdictOf(owner.post('/resume', { serverIds: ['srv_missing0000000000000'] })),
  },
  'updateOpenclaws.serverIds': {
    foreign: ({ owner, own, foreign }) => owner.post('/openclaw/updates', { serverIds: [own, foreign], version: '2026.9.6' }),
    missing: ({ owner, own }) => owner.post('/openclaw/updates', { serverIds: [own, 'srv_missing0000000000000'], version: '2026.9.6' }),
  },
  'abortChat.runId': IN_GATEWAY,
  'addBudget.agentId': IN_GATEWAY,
  'createCronJob.agentId': IN_GATEWAY,
  'importAgent.id': IN_GATEWAY,
  'installPlugin.id': IN_GATEWAY,
  'installSkill.agentId': IN_GATEWAY,
  'listSessions.agentId': IN_GATEWAY,
  'listSkills.agentId': IN_GATEWAY,
  'readSkill.agentId': IN_GATEWAY,
  'setModelKey.agentId': IN_GATEWAY,
  'updateSkill.agentId': IN_GATEWAY,
  'uploadSkill.agentId': IN_GATEWAY,
  'cloneAgent.id': IN_GATEWAY,
  'approvePairing.accountId': IN_GATEWAY,
  'dismissPairing.accountId': IN_GATEWAY,
  'logOutChannel.accountId': IN_GATEWAY,
  'startChannel.accountId': IN_GATEWAY,
  'startQrLogin.accountId': IN_GATEWAY,
  'stopChannel.accountId': IN_GATEWAY,
  'waitQrLogin.accountId': IN_GATEWAY,
};
