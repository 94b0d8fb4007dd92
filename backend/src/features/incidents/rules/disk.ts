import type { Disk } from '../../../lib/look.ts';
import type { Finding, Rule } from '../rule.ts';

/** So far below a threshold a disk must come before that counts: log files come and go. */
const PLAY_PERCENT = 2;

/** A disk, or its table of inodes, is nearly full. */
export const disk: Rule = {
  kind: 'disk',
  tells: 'admin',
  confirm: () => 2,
  clear: 2,
  find({ look: { host }, rules: { disk: limits } }, open) {
    if (!host) return undefined;
    return host.disks.flatMap((one): Finding[] => {
      const { percent, what } = fuller(one);
      const play = open.has(one.path) ? PLAY_PERCENT : 0;
      if (percent < limits.warning - play) return [];
      const severity = percent >= limits.critical ? 'critical' : 'warning';
      return [{ about: one.path, severity, facts: { path: one.path, percent: Math.floor(percent), what, freeMiB: one.freeMiB } }];
    });
  },
};

const fuller = ({ used, inodes = 0 }: Disk): { percent: number; what: 'space' | 'inodes' } =>
  inodes > used ? { percent: inodes, what: 'inodes' } : { percent: used, what: 'space' };
