import { setTimeout as delay } from 'node:timers/promises';
import type { Gateways } from '../../lib/gateway.ts';
import { CommandFailed } from '../../lib/host.ts';
import { Problem } from '../../lib/problem.ts';
import { redactLine } from '../../lib/redact.ts';
import { sh } from '../../lib/sh.ts';
import { askGateway, folderOf, phaseOf, readBefore, writeBefore, type Before } from './before.ts';
import { anotherAtWork, backButDown, rolledBack, updateBlocked } from './openclaw-update.problems.ts';
import { ANOTHER_AT_WORK, BACK_BUT_DOWN, UNJUDGED, updateScript, WENT_BACK } from './server-script.ts';
import type { PlanParts, UpdateContext, UpdateStep } from './update.plan.ts';

const LOOK_EVERY_MS = 1_000;

/**
 * The part with the interruption. The script on the server does it and goes back by itself; from here comes only the verdict on what has
 * started. When the script is gone without an end (the machine was switched off), going back is asked for from here.
 */
export const switchStep = (parts: PlanParts): UpdateStep => ({
  key: 'switch',
  title: 'Put the new version in place, and check it',
  deadlineMs: 60 * 60_000,
  done: async ({ host, input }) => (await phaseOf(host, input.id)) === 'committed',
  async apply(context) {
    const before = await beforeNow(parts.gateways, context);
    // Only a run of an earlier process that went back and was cleared away has none.
    if (!before) throw rolledBack({ to: context.input.version, from: 'the version before', why: 'it was not accepted' });
    const end = await follow(parts, context, before);
    if (end === 'committed') return;
    if (end === 'unjudged') {
      const why = await judge(parts, context, before);
      if (why === undefined) return void (await context.host.run(sh`echo committed >${`${folderOf(before.id)}/phase`}`));
      await context.host.writeFile(`${folderOf(before.id)}/reason`, why);
    }
    if (end === 'lost' || end === 'unjudged') await goBack(parts, context, before);
    await tellWhatHappened(parts.gateways, context, before);
  },
});

/** Agents may have come and gone while the new version was installed: what counts is what is there right before the stop. */
async function beforeNow(gateways: Gateways, { host, input, serverId, signal }: UpdateContext): Promise<Before | undefined> {
  const before = await readBefore(host, input.id);
  if (!before || (await phaseOf(host, input.id)) !== '') return before;
  const answer = await askGateway(gateways, serverId, signal);
  if (typeof answer === 'string') throw updateBlocked([`The gateway does not answer any more: ${answer}.`], 'Nothing was changed.');
  const fresh = { ...before, agents: answer.agents };
  await writeBefore(host, fresh);
  return fresh;
}

type End = 'committed' | 'went back' | 'unjudged' | 'lost';

async function follow(parts: PlanParts, context: UpdateContext, before: Before): Promise<End> {
  const over = new AbortController();
  const judging = judgeWhenReady(parts, context, before, AbortSignal.any([over.signal, context.signal]));
  try {
    const script = updateScript('switch', before, parts.limits);
    await context.detached({ name: 'switch', script, root: before.kind === 'system' });
    return 'committed';
  } catch (error) {
    if (error instanceof Problem && error.code === 'task.run_lost') return 'lost';
    if (!(error instanceof CommandFailed)) throw error;
    if (error.exitCode === ANOTHER_AT_WORK) throw anotherAtWork();
    if (error.exitCode === UNJUDGED) return 'unjudged';
    return error.exitCode === WENT_BACK || error.exitCode === BACK_BUT_DOWN ? 'went back' : 'lost';
  } finally {
    over.abort();
    await judging;
  }
}

/** Never throws: without a verdict the script decides by itself. */
async function judgeWhenReady(parts: PlanParts, context: UpdateContext, before: Before, signal: AbortSignal): Promise<void> {
  const { host, input } = context;
  while (!signal.aborted) {
    try {
      if ((await phaseOf(host, input.id)) === 'ready') {
        const why = await judge(parts, { ...context, signal }, before);
        signal.throwIfAborted();
        await host.writeFile(`${folderOf(before.id)}/verdict`, `${why ?? 'good'}\n`);
        return;
      }
      await delay(LOOK_EVERY_MS, undefined, { signal });
    } catch {
      // The link, or the gateway in the middle of its start: asked again, as long as the script waits.
      await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
    }
  }
}

/** `undefined`: it answers as the right version and has the agents of before. Else why it is not accepted. */
async function judge(
  { gateways, limits }: PlanParts,
  { serverId, signal, log }: UpdateContext,
  before: Before,
): Promise<string | undefined> {
  const endAt = performance.now() + limits.judgeSeconds * 1000;
  gateways.drop(serverId);
  for (;;) {
    const answer = await askGateway(gateways, serverId, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      return error instanceof Error ? error.message : 'it does not answer';
    });
    const why = typeof answer === 'string' ? `Clawmoor gets no answer from it (${answer.replace(/\.$/, '')})` : differs(answer, before);
    if (why === undefined) log(`OpenClaw ${before.to} answers, with the ${before.agents.length} agents of before.`);
    if (why === undefined || performance.now() > endAt) return why?.replace(/\s+/g, ' ').slice(0, 300);
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}

function differs({ version, agents }: { version: string; agents: string[] }, before: Before): string | undefined {
  if (version !== before.to) return `it says that it is ${version}`;
  const missing = before.agents.filter((id) => !agents.includes(id));
  const strange = agents.filter((id) => !before.agents.includes(id));
  if (missing.length > 0) return `it has lost the agents ${missing.join(', ')}`;
  return strange.length > 0 ? `it has agents that were not there before: ${strange.join(', ')}` : undefined;
}

async function goBack({ limits }: PlanParts, { detached, log }: UpdateContext, before: Before): Promise<void> {
  log(`Going back to OpenClaw ${before.from} ...`);
  const script = updateScript('restore', before, limits);
  await detached({ name: 'restore', script, root: before.kind === 'system' }).catch((error: unknown) => {
    if (!(error instanceof CommandFailed)) throw error; // whether it answers is asked next
  });
}

/** Asks the version that is back, and throws what a person is told. */
async function tellWhatHappened(gateways: Gateways, context: UpdateContext, before: Before): Promise<never> {
  const { host, serverId, signal, log } = context;
  const folder = folderOf(before.id);
  const [reason = '', lastWords = ''] = [await host.readFile(`${folder}/reason`), await host.readFile(`${folder}/last-words`)];
  const why = `${line(reason) || 'the server was cut off in the middle of it'}${line(lastWords) ? `; it said: ${line(lastWords)}` : ''}`;
  const { from, to } = before;
  gateways.drop(serverId);
  const answer = await askGateway(gateways, serverId, signal);
  if (typeof answer === 'string' || differs(answer, { ...before, to: from }) !== undefined) throw backButDown({ to, from, why });
  log(`OpenClaw ${from} answers, with the ${answer.agents.length} agents of before.`);
  log(`What ${to} had written, if anything, lies in ${before.state}.failed-${before.id} until the next update.`);
  await host.run(sh`rm -f ${`${folder}/before.json`}`);
  throw rolledBack({ to, from, why });
}

const line = (text: string): string => redactLine(text).trim().slice(0, 300).replace(/\.+$/, '');
