import * as z from 'zod/mini';
import { CommandFailed } from '../../lib/host.ts';
import { redactLine } from '../../lib/redact.ts';
import { sh } from '../../lib/sh.ts';
import type { AnyPlan, Step } from '../../tasks/plan.ts';
import type { Problem } from '../../lib/problem.ts';
import { creation, isName, listArchives, staging, stageOf, verification } from './archives.ts';
import { backupDamaged, backupFailed } from './openclaw-backups.problems.ts';

const Input = z.object({ name: z.string().check(z.refine(isName)) });
type Input = z.output<typeof Input>;

export const CREATE = 'openclaw.backup';
export const VERIFY = 'openclaw.backup-verify';
export const STAGE = 'openclaw.backup-restore';

/** Making, checking and unpacking OpenClaw's own archives. None of them touches what runs; none runs beside an install or a restart. */
export const backupPlans = (): AnyPlan[] => [
  plan(CREATE, {
    key: 'create',
    title: 'Make and verify a backup',
    done: async ({ host, input }) => (await listArchives(host)).some(({ id }) => id === input.name),
    apply: run('create', creation, backupFailed),
  }),
  plan(VERIFY, checked({ key: 'verify', title: 'Check the archive', apply: run('verify', verification, backupDamaged) })),
  plan(STAGE, {
    key: 'stage',
    title: 'Unpack the archive into a folder of its own',
    done: ({ host, input }) => host.test(sh`[ -n "$(ls -A ${stageOf(input.name)} 2>/dev/null)" ]`),
    apply: run('stage', staging, backupDamaged),
  }),
];

const plan = (type: string, step: Step<Input, object>): AnyPlan => ({
  type,
  lane: () => 'system',
  input: Input,
  identity: () => type,
  secrets: z.object({}),
  steps: () => [{ deadlineMs: 60 * 60_000, ...step }],
});

/** A step that looks at something is done when it has looked, in this run of it. */
function checked(step: Omit<Step<Input, object>, 'done'>): Step<Input, object> {
  const looked = new WeakSet<AbortSignal>();
  return {
    ...step,
    done: async ({ signal }) => looked.has(signal),
    apply: async (context) => {
      await step.apply(context);
      looked.add(context.signal);
    },
  };
}

const run =
  (name: string, script: (archive: string) => string, explain: (said: string) => Problem): Step<Input, object>['apply'] =>
  ({ detached, input }) =>
    detached({ name, script: script(input.name) }).catch((error: unknown) => {
      throw error instanceof CommandFailed ? explain(saidIn(error.stdout)) : error;
    });

/** What the output of a backup that failed means to a person. */
export const explainBackup = (output: string): Problem => backupFailed(saidIn(output));

/** The CLI answers `{"ok":false,"error":{"message"}}`; anything else is told by its last line. */
function saidIn(output: string): string {
  const message = /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(output)?.[1];
  return redactLine(message ?? output.trim().split('\n').at(-1) ?? '').slice(0, 300) || 'no reason given';
}
