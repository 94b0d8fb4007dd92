import type { Clock } from '../../lib/clock.ts';
import type { Notice } from '../../lib/notice.ts';
import type { IncidentsStore } from './incidents.store.ts';
import type { Teller } from './teller.ts';

const AT_ONCE = 100;
const ACCESS = [
  'access.grant',
  'access.change',
  'access.revoke',
  'access.expire',
  'access.leave',
  'invitation.accept',
  'ownership.accept',
] as const;

/** As the person reads it whose access it is. */
const TO_ME: Record<string, string> = {
  'access.grant': 'granted',
  'access.change': 'granted',
  'access.revoke': 'revoked',
  'access.expire': 'expired',
};

const MARKS = { task: 'told.tasks', audit: 'told.audit' };

/**
 * Tells of what happened once and is over: tasks that ended, access that was granted or taken. The place up to which it was told is
 * stored with the notices, so that a crash neither loses one nor makes one twice.
 */
export function createFollower({ store, teller, clock }: { store: IncidentsStore; teller: Teller; clock: Clock }) {
  let running: Promise<void> | undefined;

  async function followTasks(): Promise<void> {
    const mark = await store.setting(MARKS.task);
    const now = clock.now();
    // A new installation, or the first start with this: what is long over is no news.
    if (mark === undefined) return store.tellOnce([], { key: MARKS.task, value: `${now}.` });
    const [at, ...id] = mark.split('.');
    const rows = await store.endedTasks({ at: Number(at), id: id.join('.') }, now, AT_ONCE);
    const last = rows.at(-1);
    if (!last) return;
    await store.tellOnce(rows.filter(({ state }) => state !== 'cancelled').map(taskNotice), {
      key: MARKS.task,
      value: `${last.finished_at}.${last.id}`,
    });
    if (rows.length === AT_ONCE) await followTasks();
  }

  async function followAudit(): Promise<void> {
    const mark = await store.setting(MARKS.audit);
    if (mark === undefined) return store.tellOnce([], { key: MARKS.audit, value: String(await store.newestAudit()) });
    const rows = await store.auditAfter(Number(mark), ACCESS, AT_ONCE);
    const last = rows.at(-1);
    if (!last) return;
    await store.tellOnce(rows.flatMap(accessNotices), { key: MARKS.audit, value: String(last.id) });
    if (rows.length === AT_ONCE) await followAudit();
  }

  return {
    /** Looks for news; joins a look that is under way. */
    follow(): Promise<void> {
      running ??= followTasks()
        .then(followAudit)
        .then(teller.ring)
        .finally(() => (running = undefined));
      return running;
    },
  };
}

type EndedTask = Awaited<ReturnType<IncidentsStore['endedTasks']>>[number];
type AccessRow = Awaited<ReturnType<IncidentsStore['auditAfter']>>[number];

function taskNotice({ id, server_id, name, type, state, created_by, finished_at, error }: EndedTask): Notice {
  const failed = state !== 'succeeded';
  // Written by the task engine: `{code, message, fix?}`.
  const { code, message } = error === null ? {} : (JSON.parse(error) as { code?: string; message?: string });
  return {
    subject: id,
    kind: 'task',
    severity: failed ? 'warning' : 'info',
    phase: 'once',
    audience: { userId: created_by },
    server: { id: server_id, name },
    facts: { task: type, state, ...(code !== undefined && { code }), ...(message !== undefined && { message: message.slice(0, 300) }) },
    opens: id,
    at: finished_at ?? 0,
  };
}

/** To the person whose access it is, and to those who look after the server. */
function accessNotices({ id, at, action, actor_id, actor_name, server_id, target, target_name, after, name }: AccessRow): Notice[] {
  if (server_id === null || name === null) return [];
  const server = { id: server_id, name };
  const role = roleIn(after);
  const person = action === 'invitation.accept' || action === 'access.leave' || action === 'ownership.accept' ? actor_id : target;
  const facts = {
    action,
    ...(actor_name !== null && { by: actor_name }),
    ...(role !== undefined && { role }),
    ...(person !== null && { person }),
    ...(target_name !== null && { whom: target_name }),
  };
  const common = { kind: 'access', severity: 'info', phase: 'once', server, facts, at } as const;
  const gone = action === 'access.revoke' || action === 'access.expire' || action === 'access.leave';
  const opens = gone ? {} : { opens: server_id };
  return [
    ...(person !== null && person !== actor_id
      ? [
          {
            ...common,
            ...opens,
            facts: { ...facts, action: TO_ME[action] ?? action },
            subject: `aud_${id}_person`,
            audience: { userId: person },
          },
        ]
      : []),
    { ...common, opens: server_id, subject: `aud_${id}`, audience: { role: 'owner' as const, serverId: server_id } },
  ];
}

function roleIn(after: string | null): string | undefined {
  const parsed: unknown = after === null ? undefined : JSON.parse(after);
  return typeof parsed === 'object' && parsed !== null && 'role' in parsed && typeof parsed.role === 'string' ? parsed.role : undefined;
}
