import * as z from 'zod/mini';

export const InstallInput = z.object({
  version: z.string(),
  /** A person asked for this very version; else any that is there will do. */
  exact: z.boolean(),
  base: z.string(),
  sha256: z.object({ amd64: z.string(), arm64: z.string() }),
  /** The local trial: everything below its own home, and a port of its own. */
  trial: z.optional(z.boolean()),
});
export type InstallInput = z.output<typeof InstallInput>;

export const PullInput = z.object({ model: z.string(), trial: z.optional(z.boolean()) });
export type PullInput = z.output<typeof PullInput>;
