import * as z from 'zod/mini';
import { sh } from '../../backend/src/lib/sh.ts';
import type { AnyPlan } from '../../backend/src/tasks/plan.ts';

/** Three steps; each writes one line to a file that counts its starts, then 20 numbered lines to its log over half a second. */
export const countingPlan: AnyPlan = {
  type: 'test.count',
  lane: () => 'system',
  /** `pauseSeconds`: between two lines. */
  input: z.object({ mark: z.string(), pauseSeconds: z._default(z.number(), 0.025) }),
  secrets: z.object({ apiKey: z.optional(z.string()) }),
  steps: ({ mark, pauseSeconds }: { mark: string; pauseSeconds: number }) =>
    ['first', 'second', 'third'].map((key) => ({
      key,
      title: `The ${key} step`,
      done: ({ host }) => host.test(sh`[ -e ${`${mark}-${key}-done`} ]`),
      apply: ({ detached }) =>
        detached({
          name: 'count',
          script: sh`echo started >>${`${mark}-starts-${key}`}
i=0; while [ $i -lt 20 ]; do echo "${key} line $i"; i=$((i+1)); sleep ${pauseSeconds}; done
: >${`${mark}-${key}-done`}`.text,
        }),
    })),
};
