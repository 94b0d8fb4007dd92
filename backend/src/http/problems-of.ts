import { problemStatus, type ProblemCode } from '@clawmoor/shared/problem.ts';
import type { Route } from '@clawmoor/shared/route.ts';

/** What any operation may answer: they are about the request as such, or about us. */
export const GENERAL: readonly ProblemCode[] = [
  'request.invalid',
  'route.not_found',
  'route.method_not_allowed',
  'internal.unexpected',
  'internal.busy',
  'internal.stopping',
  'storage.full',
];

type Word = ProblemCode | `${string}.*`;

// What neither the entry nor the nouns of its path tell. `ssh.*`: any code of that noun.
const BESIDES: [path: RegExp, words: Word[]][] = [
  [/^\/auth\/(telegram|step-up)$/, ['auth.init_data_invalid', 'auth.init_data_expired', 'auth.not_registered']],
  [/^\/auth\/trial$/, ['route.not_found']],
  [/^\/auth\/refresh$/, ['auth.token_invalid', 'auth.session_ended']],
  [/^\/auth\/step-up$/, ['auth.step_up_failed']],
  [/^\/auth\/device/, ['device.*', 'auth.device_pending', 'auth.device_denied', 'auth.device_expired']],
  [/^\/me\/(device|auth)/, ['device.*']],
  [/^\/me\/sessions/, ['auth.session_not_found']],
  [/^\/me\/notification-prefs/, ['server.not_found']],
  [/^\/me\/ownership-offers/, ['ownership.*', 'server.not_found']],
  [/^\/(invitations|servers\/:id\/(access|invitations|ownership))/, ['access.*', 'invitation.*', 'ownership.*']],
  [/^\/servers(\/:id)?$/, ['server.*', 'ssh.*', 'task.*']],
  [/^\/servers\/:id\/(test|host-key)$/, ['server.*', 'ssh.*', 'auth.step_up_required']],
  [/^\/servers\/:id\/(openclaw|setup|rag)\b/, ['gateway.*', 'ssh.*', 'server.*', 'task.*']],
  [/^\/servers\/:id\/openclaw\b/, ['agent.*', 'config.*', 'setup.openclaw_missing', 'backup.not_found']],
  [/\/rag\/agents\b/, ['config.*']],
  [/\/setup\/update-component$/, ['ollama.*', 'rag.*']],
  [/\/(agents|chat|sessions)\b/, ['agent.*', 'session.*', 'file.*']],
  [/\/channels\b/, ['channel.*', 'pairing.*']],
  [/\/models\b/, ['model.*', 'config.*']],
  [/\/openclaw\/backups\b/, ['openclaw_backup.*']],
  [/\/openclaw\/config\b/, ['setup.exposed_bind']],
  [
    /\/openclaw\/updates?\b/,
    [
      'openclaw_update.*',
      'setup.version_not_found',
      'setup.node_unavailable',
      'server.*',
      'task.*',
      'gateway.*',
      'ssh.*',
      'auth.role_too_low',
    ],
  ],
  [/\/(dashboard|dashboard-url)\b/, ['dashboard.*']],
  [/^\/(kill|resume)$|\/(kill|resume)$/, ['kill_switch.*', 'gateway.*', 'ssh.*', 'server.not_found']],
  [/^\/approvals/, ['approval.*', 'gateway.*', 'ssh.*']],
  [/^\/tasks\/:id\/(cancel|retry)$/, ['task.*', 'server.*', 'ssh.*']],
  [/^\/admin\/backups/, ['backup.*', 'auth.step_up_required']],
  [/^\/tickets$/, ['ticket.no_file']],
];

/** Every code that an operation declares; of `GENERAL` only what its entry gives a reason for. */
export function problemsOf(route: Route): ProblemCode[] {
  const { access, path, body, query, limit, sends, stepUp, takes } = route;
  const words: Word[] = [
    ...(body || query || path.includes(':') ? (['request.invalid'] as const) : []),
    ...(body ? (['request.malformed_json', 'request.too_large', 'request.unsupported_type'] as const) : []),
    ...(takes ? (['request.too_large', 'request.unsupported_type'] as const) : []),
    ...(access === 'public' ? [] : (['auth.required', 'auth.token_invalid', 'auth.session_ended', 'auth.not_registered'] as const)),
    ...(access === 'public' ? [] : (['auth.scope_too_low', 'auth.session_only'] as const)),
    ...(access === 'super' ? (['auth.super_admin_only'] as const) : []),
    ...(/^(server|query)/.test(access) ? (['server.not_found'] as const) : []),
    ...(access.startsWith('task') ? (['task.not_found'] as const) : []),
    ...(/:(admin|owner)$/.test(access) ? (['auth.role_too_low'] as const) : []),
    ...(stepUp ? (['auth.step_up_required'] as const) : []),
    ...(limit ? (['request.too_many'] as const) : []),
    ...(sends === 'file' ? (['ticket.invalid'] as const) : []),
    ...nounsIn(path),
    ...BESIDES.flatMap(([pattern, more]) => (pattern.test(path) ? more : [])),
  ];
  const declared = new Set(words.flatMap(codesOf));
  return codes.filter((code) => declared.has(code));
}

// The order of the table of codes.
const codes = Object.keys(problemStatus) as ProblemCode[]; // its keys are the codes
const codesOf = (word: Word): ProblemCode[] =>
  codes.filter((code) => code === word || (word.endsWith('.*') && code.startsWith(word.slice(0, -1))));

/** `/servers/:id/rag/agents` is about `rag` and `agent`: their codes are its own, and `skill-hub` is about `skill`. */
const nounsIn = (path: string): Word[] =>
  path
    .split('/')
    .filter((part) => part !== '' && !part.startsWith(':') && !['auth', 'servers', 'tasks', 'admin', 'me', 'backups'].includes(part))
    .flatMap((part) => [part, part.split('-')[0] ?? part])
    .flatMap((noun): Word[] => [`${noun.replaceAll('-', '_')}.*`, `${noun.replaceAll('-', '_').replace(/s$/, '')}.*`]);
