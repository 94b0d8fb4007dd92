import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod/mini';
import type { Host } from '../../lib/host.ts';
import { CommandFailed } from '../../lib/host.ts';
import { sh } from '../../lib/sh.ts';
import { configInvalid, onboardFailed, openclawMissing } from './setup.problems.ts';

const FILE = '.openclaw/openclaw.json';

const Provider = z.looseObject({ baseUrl: z.optional(z.string()), apiKey: z.optional(z.unknown()) });

/** The part of OpenClaw's configuration that the setup writes, and so may look at. */
const Config = z.looseObject({
  gateway: z.optional(
    z.looseObject({
      mode: z.optional(z.string()),
      port: z.optional(z.number()),
      bind: z.optional(z.string()),
      auth: z.optional(z.looseObject({ mode: z.optional(z.string()), token: z.optional(z.unknown()) })),
    }),
  ),
  agents: z.optional(z.looseObject({ defaults: z.optional(z.looseObject({ model: z.optional(z.unknown()) })) })),
  models: z.optional(z.looseObject({ providers: z.optional(z.record(z.string(), Provider)) })),
});
export type OpenclawConfig = z.output<typeof Config>;

/** `undefined` when OpenClaw has not been onboarded. */
export async function readConfig(host: Host): Promise<OpenclawConfig | undefined> {
  const text = await host.readFile(FILE);
  if (text === undefined) return undefined;
  try {
    const config = Config.safeParse(JSON.parse(text));
    if (config.success) return config.data;
  } catch {
    // answered below
  }
  throw configInvalid('openclaw.json cannot be read');
}

const TRIES = 5;
const PAUSE_MS = 1_000;

/**
 * Merges a patch into the configuration with OpenClaw's own command, which checks it. By stdin: a patch may hold a key. Where something else
 * wrote at the same moment nothing was changed, and it is done again: after a kill of ours the same command may still run from before.
 */
export async function patchConfig(host: Host, patch: object, signal: AbortSignal): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await host.run(sh`command -v openclaw >/dev/null || exit 127; openclaw config patch --stdin 2>&1`, {
        stdin: JSON.stringify(patch),
        signal,
      });
      return;
    } catch (error) {
      if (!(error instanceof CommandFailed)) throw error;
      if (error.exitCode === 127) throw openclawMissing();
      if (tries === TRIES || !/config (file )?changed (while|since)/i.test(error.stdout)) throw onboardFailed(lastLine(error.stdout));
      await delay(PAUSE_MS, undefined, { signal });
    }
  }
}

/** Output of the CLI as one line for a person; secrets never stand in it, since they go in by stdin alone. */
export const lastLine = (output: string): string =>
  output
    .trim()
    .split('\n')
    .findLast((line) => line.trim() !== '')
    ?.trim()
    .slice(0, 200) ?? 'no reason given';
