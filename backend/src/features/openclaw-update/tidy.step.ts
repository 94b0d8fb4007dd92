import { sh } from '../../lib/sh.ts';
import { readBefore } from './before.ts';
import { UPDATES } from './server-script.ts';
import type { UpdateStep } from './update.plan.ts';

/** Keeps the version before, and removes older ones and the copies that were only for going back. The update is complete without it. */
export const tidyStep: UpdateStep = {
  key: 'tidy',
  title: 'Clear away what is not needed any more',
  deadlineMs: 20 * 60_000,
  done: async ({ host, input }) => (await readBefore(host, input.id)) === undefined,
  async apply({ host, input, detached }) {
    const before = await readBefore(host, input.id);
    if (!before) return;
    const script = sh`cd ${`${before.home}/${UPDATES}`} || exit 1
for d in */; do d=$(basename "$d"); [ "$d" = ${input.id} ] || rm -rf "./$d" || echo "~/${UPDATES}/$d cannot be removed. It is left as it is."; done
for d in ${before.state}.before-* ${before.state}.failed-*; do [ -e "$d" ] && rm -rf "$d"; done
rm -rf ${`${input.id}/new`} ${`${input.id}/before.json`}
:`.text;
    await detached({ name: 'tidy', script, root: before.kind === 'system' });
  },
};
