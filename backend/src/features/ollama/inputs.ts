import * as z from 'zod/mini';

/** Where Ollama is on a server. `trial`: everything below the login's own home. */
const place = { port: z.number(), trial: z.optional(z.boolean()) };

export const InstallInput = z.object({
  ...place,
  version: z.string(),
  /** A person asked for this very version; else any that is there will do. */
  exact: z.boolean(),
  base: z.string(),
  sha256: z.object({ amd64: z.string(), arm64: z.string() }),
});
export type InstallInput = z.output<typeof InstallInput>;

export const PullInput = z.object({ ...place, model: z.string() });
export type PullInput = z.output<typeof PullInput>;
