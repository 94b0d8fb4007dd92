import { sh } from '../../lib/sh.ts';
import { askGateway, folderOf, phaseOf, readBefore, writeBefore, type Before } from './before.ts';
import { readFacts, type Facts } from './facts.ts';
import { updateBlocked } from './openclaw-update.problems.ts';
import { inspect } from './radar.ts';
import { UPDATES } from './server-script.ts';
import { runsOn } from './unharmed.ts';
import type { PlanParts, UpdateContext, UpdateStep } from './update.plan.ts';

/** Looks whether the update can work, and writes down what is true before it. */
export const preflightStep = (parts: PlanParts): UpdateStep => ({
  key: 'preflight',
  title: 'Check whether the update can work',
  deadlineMs: 20 * 60_000,
  // A folder that went back belongs to an earlier try.
  done: async ({ host, input }) => (await readBefore(host, input.id)) !== undefined && (await phaseOf(host, input.id)) !== 'restored',
  async apply(context) {
    const { host, input, serverId, signal, log } = context;
    await settleOthers(context, await readFacts(host, signal));
    const facts = await readFacts(host, signal);
    const items = await inspect(parts, { serverId, facts, target: input.version, signal });
    for (const { key, verdict, value, message } of items) if (verdict !== 'pass') log(`${key}: ${value}. ${message}`);
    const blocked = items.filter(({ verdict }) => verdict === 'block').map(({ message, fix }) => `${message}.${fix ? ` ${fix}` : ''}`);
    if (blocked.length > 0) throw updateBlocked(blocked, await runsOn(parts.gateways, context));
    const before = await beforeOf(parts, context, facts);
    if (before === undefined) throw updateBlocked(['The gateway stopped answering.'], '');
    await host.run(sh`umask 077; mkdir -p ${folderOf(input.id)}`);
    await writeBefore(host, before);
    log(`OpenClaw ${before.from} runs, with ${before.agents.length} agents. It is to become ${before.to}.`);
  },
});

async function beforeOf({ gateways, backup, clock }: PlanParts, context: UpdateContext, facts: Facts): Promise<Before | undefined> {
  const { serverId, signal, input } = context;
  const answer = await askGateway(gateways, serverId, signal);
  const { kind, home, root, command, state, nodePath: node, installed } = facts;
  if (typeof answer === 'string' || (kind !== 'user' && kind !== 'system' && kind !== 'supervised')) return undefined;
  if (!home || !root || !command || !state || !node || !installed) return undefined;
  const of = { id: input.id, from: installed, to: input.version, kind, home, root, command, state, node } as const;
  return { ...of, port: answer.port, agents: answer.agents, backup: backup.nameAt(clock.now()) };
}

/** An update that was cut off for good, with its Clawmoor: it goes back first. What is left of others that went back is cleared away. */
async function settleOthers({ detached }: UpdateContext, facts: Facts): Promise<void> {
  const script = sh`cd "$HOME/${UPDATES}" 2>/dev/null || exit 0
for d in */; do
  d=$(basename "$d"); phase=$(cat "$d/phase" 2>/dev/null)
  case $phase in
    committed) continue ;;
    '' | restored) ;;
    *) echo "An earlier update was cut off in the middle; putting the version before back."
       [ -f "$d/update.sh" ] && { RUN_FOLDER=$PWD/$d sh "$d/update.sh" restore || exit 1; } ;;
  esac
  rm -rf "./$d" || echo "~/${UPDATES}/$d cannot be removed. It is left as it is."
done`.text;
  await detached({ name: 'settle', script, root: facts.kind === 'system' });
}
