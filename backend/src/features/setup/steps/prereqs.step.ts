import type { Step } from '../../../tasks/plan.ts';
import { judge } from '../prereqs.ts';
import { prereqsScript, readFacts } from '../prereqs-script.ts';
import { prereqsBlocked } from '../setup.problems.ts';

/** Looks before anything is changed; a server that cannot run OpenClaw is told so at once. */
export function prereqsStep({ port }: { port: number }): Step<unknown, unknown> {
  let passed = false;
  return {
    key: 'prereqs',
    title: 'Check the server',
    done: async () => passed,
    async apply({ host, log }) {
      const { stdout } = await host.run(prereqsScript({ port }));
      const { items } = judge({ facts: readFacts(stdout), port, now: Date.now(), hasSudoPassword: true, forwarding: true });
      for (const { key, verdict, value, message } of items) if (verdict !== 'pass') log(`${key}: ${value}. ${message}`);
      const blocked = items.filter(({ verdict }) => verdict === 'block');
      if (blocked.length > 0) throw prereqsBlocked(blocked.map(({ message, fix }) => `${message}.${fix ? ` ${fix}` : ''}`));
      passed = true;
    },
  };
}
