import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ServerChannel, Session } from 'ssh2';
import { serveSftp } from './trial-sftp.ts';

// How this machine reaches the npm registry: nothing else of our own environment is handed on, no secret among it.
const PASSED_ON = [
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'NODE_EXTRA_CA_CERTS',
  'npm_config_registry',
  'NPM_CONFIG_REGISTRY',
  'TZ',
];

export interface TrialPlace {
  home: string;
  env: NodeJS.ProcessEnv;
}

/** What a login on "This machine" finds. No `XDG_RUNTIME_DIR` of the person: the trial must not reach their systemd. */
export function trialEnvironment({ home, runtimeFolder }: { home: string; runtimeFolder: string }): NodeJS.ProcessEnv {
  const own = join(homedir(), '.npmrc');
  return {
    ...Object.fromEntries(PASSED_ON.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))),
    ...(existsSync(own) && { npm_config_userconfig: own }),
    HOME: home,
    USER: process.env['USER'] ?? '',
    LOGNAME: process.env['LOGNAME'] ?? '',
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    SHELL: '/bin/sh',
    XDG_RUNTIME_DIR: runtimeFolder,
    CLAWMOOR_TRIAL: '1',
  };
}

export function trialSession(session: Session, place: TrialPlace): void {
  session.on('exec', (accept, _reject, { command }) => run(accept(), command, place));
  session.on('sftp', (accept) => serveSftp(accept(), place.home));
  session.on('pty', (_accept, reject) => reject?.());
  session.on('shell', (_accept, reject) => reject?.());
}

/** As sshd does it: a session of its own, and a client that goes away does not end the command. */
function run(channel: ServerChannel, command: string, { home, env }: TrialPlace): void {
  const child = spawn('/bin/sh', ['-c', command], { cwd: home, env, detached: true, stdio: 'pipe' });
  child.on('error', () => {
    channel.exit(127);
    channel.end();
  });
  child.stdin.on('error', () => {}); // it ended without reading what was left
  channel.on('error', () => {});
  channel.pipe(child.stdin);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  child.on('close', (code, signal) => {
    if (signal) channel.exit(signal.replace(/^SIG/, ''));
    else channel.exit(code ?? 255);
    channel.end();
  });
}
