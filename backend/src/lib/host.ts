import type { Duplex, Readable } from 'node:stream';
import type { Command } from './sh.ts';

/** A machine that can be told what to do. `adapters/ssh` is the real one. */
export interface Host {
  /** Resolves on exit code 0; else throws `CommandFailed`, or a Problem `ssh.*` when the link is at fault. */
  run(command: Command, options?: RunOptions): Promise<Output>;
  /** Like `run`, but a non-zero exit is an answer (`false`), not a failure. */
  test(command: Command, options?: RunOptions): Promise<boolean>;
  /** Whole file as UTF-8; `undefined` when it is not there. Throws above `maxBytes` (1 MiB unless told). */
  readFile(path: string, options?: { maxBytes?: number; signal?: AbortSignal }): Promise<string | undefined>;
  /** Atomic (draft and rename), mode 0600 unless told. The content never stands on a command line. */
  writeFile(path: string, content: string, options?: { mode?: number; signal?: AbortSignal }): Promise<void>;
  /** Streams into a remote file. Atomic: who reads it sees the old one or the whole new one. */
  upload(content: Readable | Buffer, path: string, options?: TransferOptions): Promise<void>;
  /** Streams a remote file from `offset` on. The caller must read or destroy it. */
  download(path: string, options?: { offset?: number; signal?: AbortSignal }): Promise<Readable>;
  /** A socket to a TCP port on the machine's own loopback, through the SSH connection. */
  forward(port: number, options?: { signal?: AbortSignal }): Promise<Forwarded>;
  readonly runs: DetachedRuns;
}

export interface RunOptions {
  signal?: AbortSignal;
  /** Silence, not duration: an install may take minutes, but two without a byte is a hang. Default 120 s. */
  idleTimeoutMs?: number;
  /** Written to the command's stdin, which is then closed. The place for secrets. */
  stdin?: string | Buffer;
  /** Called for every line as it arrives, so that a person can watch. */
  onLine?: (line: string, from: 'stdout' | 'stderr') => void;
  /** Runs as root: directly, by `sudo -n`, or by `sudo -S` with the server's sudo password. */
  root?: boolean;
}

export interface Output {
  stdout: string;
  stderr: string;
  /** Bytes left out of the middle when a stream was longer than the 128 KiB that are kept of it. */
  omitted: number;
}

interface TransferOptions {
  mode?: number;
  signal?: AbortSignal;
  onProgress?: (bytes: number) => void;
}

export interface Forwarded {
  stream: Duplex;
  /** `bridge`: the server forbids TCP forwarding, an exec carries the bytes instead. */
  by: 'forward' | 'bridge';
}

/**
 * Scripts that outlive the connection: a folder `~/.clawmoor/runs/<name>/` (0700) on the server with `run.sh`, `log`,
 * `pid`, `rc`. `mkdir` of the folder is the guard against a second start.
 */
export interface DetachedRuns {
  /** `already` when a folder of that name exists: then it is to be followed, it was not started again. */
  start(name: string, script: DetachedScript, options?: { signal?: AbortSignal }): Promise<'started' | 'already'>;
  /** Streams lines from byte `offset` of the log until the end. Survives nothing: reconnect and call again. */
  follow(name: string, options: FollowOptions): Promise<RunEnd>;
  /** `absent`: never started. `lost`: its process is gone and left no exit code. */
  state(name: string): Promise<'absent' | 'running' | 'lost' | { exitCode: number }>;
  /** TERM to the process group, KILL after 5 s; `true` once it is verified gone. */
  cancel(name: string): Promise<boolean>;
  remove(name: string): Promise<void>;
}

export interface DetachedScript {
  /** POSIX sh, run by `sh`; its stdout and stderr go to `log`. */
  script: string;
  /** Environment that the script gets and that is never written to disk or put into argv: keys, tokens. */
  secrets?: Record<string, string>;
  root?: boolean;
}

export interface FollowOptions {
  offset: number;
  signal?: AbortSignal;
  /** Whole lines; `offset` is the byte after the line: what to pass when following is taken up again. */
  onLines: (lines: string[], offset: number) => void;
}

export type RunEnd = { exitCode: number } | { exitCode: null; why: 'lost' };

export interface HostPool {
  /** Lends a connection for the length of `use`; the pool connects, keeps alive, reuses and closes. */
  with<T>(serverId: string, use: (host: Host) => Promise<T>, options?: { signal?: AbortSignal }): Promise<T>;
  /** Keeps the connection open until `release`: for a gateway socket. `gone` aborts when the link is lost. */
  hold(serverId: string, options?: { signal?: AbortSignal }): Promise<{ host: Host; gone: AbortSignal; release: () => void }>;
  /** Ends what is open to a server: its secret or pin changed, or it was deleted. */
  drop(serverId: string): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What is needed to log in. Made by the servers feature from its sealed columns, used by the pool. */
export interface SshTarget {
  host: string;
  port: number;
  username: string;
  auth: { password: string } | { privateKey: string; passphrase?: string };
  sudoPassword?: string;
  /** `SHA256:…` with its raw key in base64. Without a pin no credential is ever sent. */
  pin: HostKey | undefined;
  jump?: Omit<SshTarget, 'jump' | 'sudoPassword'>;
}

export interface HostKey {
  type: string;
  /** As `ssh-keygen -lf` prints it: `SHA256:` and base64 without padding. */
  sha256: string;
  /** The raw public key, base64. */
  key: string;
}

/** One step of reaching a server, in the order in which they happen. */
export interface Stage {
  stage: 'resolve' | 'tcp' | 'banner' | 'host_key' | 'jump' | 'auth' | 'session' | 'exec' | 'sudo' | 'sftp' | 'forward';
  ok: boolean;
  ms: number;
  code?: string;
  message?: string;
  fix?: string;
}

/** Answers what a server says of itself, stage by stage; never throws for what the server does. */
export interface Prober {
  /** Without `target.pin` it ends after the host key, and no credential was sent. */
  probe(target: SshTarget, options?: { signal?: AbortSignal }): Promise<{ stages: Stage[]; hostKey?: HostKey; jumpHostKey?: HostKey }>;
}

export class CommandFailed extends Error {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  constructor(command: string, { exitCode, stdout, stderr }: { exitCode: number | null } & Pick<Output, 'stdout' | 'stderr'>) {
    const why = exitCode === null ? 'was cut off' : `exited with ${exitCode}`;
    const last = stderr.trim().split('\n').at(-1) || stdout.trim().split('\n').at(-1) || command.slice(0, 80);
    super(`The command ${why}: ${last}`);
    this.name = 'CommandFailed';
    this.exitCode = exitCode;
    this.stdout = stdout;
    this.stderr = stderr;
  }
}
