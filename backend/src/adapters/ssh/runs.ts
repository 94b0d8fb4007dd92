import type { DetachedRuns, DetachedScript, FollowOptions, RunEnd } from '../../lib/host.ts';
import { Command, sh } from '../../lib/sh.ts';
import { endGroup } from './end-group.ts';
import { runCommand, type Runner } from './run.ts';
import { prepare } from './script.ts';
import { connectionLost } from './ssh.problems.ts';

const RUN_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;
const SECRET_NAME = /^[A-Z_][A-Z0-9_]{0,63}$/;

// Relative to the home folder, where every command over SSH starts.
function folderOf(name: string): string {
  if (!RUN_NAME.test(name)) throw new TypeError(`Not a name for a run: ${name}`);
  return `.clawmoor/runs/${name}`;
}

// `alive`: the process group's leader is there and started when we noted it; process ids are used again.
const FUNCTIONS = `alive() { [ -f pid ] || return 1; read -r p s <pid; [ -r "/proc/$p/stat" ] || return 1; set -- $(cat "/proc/$p/stat" 2>/dev/null); [ "\${22:-}" = "$s" ]; }
ended() { [ -f rc ] && read -r c <rc && case $c in '' | *[!0-9]*) false ;; esac; }`;

export function runsOn(runner: Runner): DetachedRuns {
  return {
    async start(name, script, { signal } = {}) {
      const options = signal ? { signal } : {};
      const { stdout } = await runCommand(runner, prepareFolder(name, script), options);
      const [answer, folder = ''] = stdout.trim().split('\n');
      if (answer === 'already') return 'already';
      const launched = await runCommand(runner, launch(folder, script), { ...options, root: script.root === true });
      return launched.stdout.trim() === 'started' ? 'started' : 'already';
    },
    follow: (name, options) => follow(runner, name, options),
    async state(name) {
      const ask = sh`cd ${folderOf(name)} 2>/dev/null && [ -d started ] || { echo absent; exit 0; }
${new Command(FUNCTIONS)}
[ -f pid ] || sleep 1
if ended; then echo "rc $c"; elif alive; then echo running; elif ended; then echo "rc $c"; else echo lost; fi`;
      const [word, code] = (await runCommand(runner, ask)).stdout.trim().split(' ');
      if (word === 'rc') return { exitCode: Number(code) };
      return word === 'running' || word === 'lost' ? word : 'absent';
    },
    async cancel(name) {
      const ask = sh`cd ${folderOf(name)} 2>/dev/null || exit 0
${new Command(FUNCTIONS)}
if alive; then echo "$p $(cat as)"; fi`;
      const [group, as] = (await runCommand(runner, ask)).stdout.trim().split(' ');
      return group ? endGroup(runner, group, as === 'root') : true;
    },
    async remove(name) {
      await runCommand(runner, sh`rm -rf ${`./${folderOf(name)}`}`);
    },
  };
}

// Their logs are the whole of what a task shows only in part; nobody looks for them later than this.
const KEEP_ENDED_DAYS = 30;

/** Makes the folder with the script in it; says `already` when the run has begun. What ended long ago is cleared away. */
const prepareFolder = (name: string, { script, root = false }: DetachedScript): Command => {
  const folder = folderOf(name);
  return sh`umask 077; mkdir -p ${folder} && cd ${folder} || exit 1
[ -d started ] && { echo already; exit 0; }
(cd .. && find . -mindepth 2 -maxdepth 2 -name rc -mtime +${KEEP_ENDED_DAYS} 2>/dev/null | while read -r rc; do rm -rf "\${rc%/rc}"; done)
printf '%s\n' ${root ? 'root' : 'user'} >as
printf '%s\n' ${script} >run.sh.$$ && mv -f run.sh.$$ run.sh || exit 1
echo prepared; pwd`;
};

/**
 * `mkdir started` by the child is the guard: of two launches one wins, and a launch that was cut off before it can be repeated.
 * A background shell that kept the channel's stdout would hold its close back, hence the redirections.
 */
const launch = (folder: string, { secrets = {} }: DetachedScript): Command => {
  const exports = Object.entries(secrets).map(([name, value]) => {
    if (!SECRET_NAME.test(name)) throw new TypeError(`Not a name for a variable: ${name}`);
    return sh`${new Command(name)}=${value}; export ${new Command(name)}`.text;
  });
  // The result is written over bytes that are there already: a run that fills the disk still says how it ended.
  // Readable files: the folder is 0700, and the login user must read what a run as root writes.
  const child = `umask 022; mkdir started 2>/dev/null || exit 0
set -- $(cat /proc/$$/stat); echo "$$ \${22}" >pid.new; mv pid.new pid
printf '%-7s\\n' open >rc.new
(umask 022; cd; exec sh "$RUN_FOLDER/run.sh") >log 2>&1 </dev/null
c=$?; printf '%-7s\\n' "$c" 1<>rc.new; mv rc.new rc`;
  return sh`${new Command(exports.join('\n'))}
cd ${folder} || exit 1
: >>log
RUN_FOLDER=${folder}; export RUN_FOLDER
had=no; [ -d started ] && had=yes
setsid sh -c ${child} >/dev/null 2>&1 </dev/null &
i=0; while [ ! -d started ] && [ $i -lt 50 ]; do sleep 0.1 2>/dev/null || sleep 1; i=$((i+1)); done
[ -d started ] || exit 1
[ $had = yes ] && echo already || echo started`;
};

/** State first, then the log: what is in the log when the end is seen has been read before we stop. */
const followScript = (name: string, offset: number): Command => sh`cd ${folderOf(name)} 2>/dev/null || { echo lost >&2; exit 0; }
${new Command(FUNCTIONS)}
o=${offset}; misses=0
while :; do
  e=; if ended; then e="rc $c"; elif alive; then misses=0; else misses=$((misses+1)); [ $misses -gt 5 ] && e=lost; fi
  s=$(wc -c <log 2>/dev/null || echo 0)
  if [ "$s" -gt "$o" ]; then tail -c "+$((o+1))" log | head -c "$((s-o))"; o=$s
  elif [ -n "$e" ]; then echo "$e" >&2; exit 0
  else sleep 0.2 2>/dev/null || sleep 1; fi
done`;

async function follow(runner: Runner, name: string, { offset, signal, onLines }: FollowOptions): Promise<RunEnd> {
  signal?.throwIfAborted();
  const { line, preamble, mark } = prepare(followScript(name, offset).text);
  const channel = await runner.channels.open(line);
  let status = '';
  channel.stderr.setEncoding('utf8').on('data', (chunk: string) => (status = (status + chunk).slice(-1024)));
  channel.end(preamble);
  const ended = Promise.withResolvers<void>();
  // Not waiting for its close: sshd sends that when the script over there ends, and one that follows a silent run notices nothing.
  const stop = (): void => {
    channel.destroy();
    ended.resolve();
  };
  signal?.addEventListener('abort', stop, { once: true });
  const lines = lineReader(mark, offset, onLines);
  try {
    channel
      .on('data', lines.push)
      .on('error', () => {})
      .on('close', () => ended.resolve());
    await ended.promise;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
  signal?.throwIfAborted();
  const end = /^(rc (-?\d+)|lost)$/m.exec(status);
  if (!end) throw connectionLost();
  lines.end();
  return end[2] === undefined ? { exitCode: null, why: 'lost' } : { exitCode: Number(end[2]) };
}

const LONGEST_LINE = 64 * 1024;
const CHATTER = 4096;

/** Counts bytes, not characters: the offset of the next line is where following is taken up again. */
function lineReader(mark: string, start: number, onLines: FollowOptions['onLines']) {
  let begun = false;
  let held: Buffer = Buffer.alloc(0);
  let offset = start;
  const hand = (bytes: Buffer): void => {
    offset += bytes.length;
    onLines(bytes.toString('utf8').replace(/\n$/, '').split('\n'), offset);
  };
  return {
    push(chunk: Buffer): void {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      if (!begun) {
        const at = held.indexOf(mark);
        const end = at < 0 ? -1 : held.indexOf('\n', at);
        if (end < 0) return void (held = held.subarray(-CHATTER)); // rc files may chatter; the mark comes last
        begun = true;
        held = held.subarray(end + 1);
      }
      const last = held.lastIndexOf('\n');
      if (last >= 0) {
        hand(held.subarray(0, last + 1));
        held = held.subarray(last + 1);
      }
      if (held.length > LONGEST_LINE) {
        hand(held);
        held = Buffer.alloc(0);
      }
    },
    end(): void {
      if (held.length > 0) hand(held);
      held = Buffer.alloc(0);
    },
  };
}
