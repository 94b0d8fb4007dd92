import type * as z from 'zod/mini';
import type { Host } from '../lib/host.ts';

/** From what is true of a server to what should be: an ordered list of steps, each safe to run again. */
export interface Plan<Input = unknown, Secrets = unknown> {
  /** `setup.install-node`: what `task.type` says. */
  type: string;
  /** One task at a time per server and lane. */
  lane: (input: Input) => string;
  /** Parsed when a task starts, and again when it resumes: the row may be older than the code. */
  input: z.ZodMiniType<Input>;
  /** What makes two inputs the same request under one `Idempotency-Key`; the whole input unless told. */
  identity?: (input: Input) => unknown;
  /** Kept sealed while the task is open, wiped at its end; a retry asks for them again. */
  secrets: z.ZodMiniType<Secrets>;
  steps: (input: Input) => readonly Step<Input, Secrets>[];
}

/** One thing that must be true of the server. */
export interface Step<Input = unknown, Secrets = unknown> {
  key: string;
  title: string;
  /** Whole step, reconnects included. Default 15 minutes. */
  deadlineMs?: number;
  /** Whether it is true already. A task that was cut off starts over, and this makes that cheap. */
  done: (context: StepContext<Input, Secrets>) => Promise<boolean>;
  /** Makes it true; `done` must hold afterwards. What cannot be started twice goes through `context.detached`. */
  apply: (context: StepContext<Input, Secrets>) => Promise<unknown>;
}

export interface StepContext<Input = unknown, Secrets = unknown> {
  serverId: string;
  input: Input;
  secrets: Secrets;
  /** Reconnects by itself: a call that fails because the link was lost may be made again. */
  host: Host;
  signal: AbortSignal;
  log: (line: string) => void;
  /** How far the step is, 0 to 100; whoever watches the task sees it move. */
  progress: (percent: number) => void;
  /**
   * Runs a script on the server that outlives the connection and this process; its output becomes the task's log. Called
   * again after a restart of ours it follows the run that is there. Throws `CommandFailed` (with the last 64 KiB) when
   * the exit code is not 0. `name` tells the runs of one step apart. A line for which `percentOf` answers a number is progress and no log.
   */
  detached: (run: DetachedStep) => Promise<{ tail: string }>;
}

export interface DetachedStep {
  name: string;
  script: string;
  secrets?: Record<string, string>;
  root?: boolean;
  percentOf?: (line: string) => number | undefined;
}

/** Any plan at all: an input is parsed by the plan itself, so nobody else needs its type. */
// oxlint-disable-next-line typescript/no-explicit-any -- variance leaves no other spelling
export type AnyPlan = Plan<any, any>;
