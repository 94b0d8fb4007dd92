import type { Rule } from '../rule.ts';

const PLAY_PERCENT = 3;

/** Hardly any memory is left: the next thing to come is that the kernel ends a process. */
export const memory: Rule = {
  kind: 'memory',
  tells: 'admin',
  confirm: (rules) => rules.memory.looks,
  clear: 3,
  find({ look: { host }, rules }, open) {
    if (!host) return undefined;
    const play = open.has('') ? PLAY_PERCENT : 0;
    if (host.memory === undefined || host.memory < rules.memory.percent - play) return [];
    const swap = host.swap === undefined ? {} : { swapPercent: Math.round(host.swap) };
    return [{ about: '', severity: 'warning', facts: { percent: Math.round(host.memory), ...swap } }];
  },
};
