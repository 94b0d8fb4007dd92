import { Duplex, PassThrough } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import type { Forwarded } from '../../lib/host.ts';
import { Problem } from '../../lib/problem.ts';
import { sh } from '../../lib/sh.ts';
import type { Runner } from './run.ts';
import { prepare } from './script.ts';
import { connectionTimeout, forwardingDenied, portClosed } from './ssh.problems.ts';

const READY = 'clawmoor-bridge-ready';
const REFUSED = 'clawmoor-bridge-refused';
const BRIDGE_TIMEOUT_MS = 10_000;
const CHATTER = 4096;

/** A socket to a port on the server's loopback. Where TCP forwarding is forbidden, a command on the server carries the bytes. */
export async function forward(runner: Runner, port: number): Promise<Forwarded> {
  try {
    return { stream: await runner.channels.forward(port), by: 'forward' };
  } catch (error) {
    if (!(error instanceof Problem && error.code === 'ssh.forwarding_denied')) throw error;
    return { stream: await bridge(runner, port), by: 'bridge' };
  }
}

const viaBash = `exec 3<>/dev/tcp/127.0.0.1/$1 || { echo ${REFUSED}; exit 1; }; echo ${READY}; cat <&3 & exec cat >&3`;
const viaNode = `const s=require("net").connect(+process.argv[1],"127.0.0.1",()=>{process.stdout.write("${READY}\\n");process.stdin.pipe(s).pipe(process.stdout)});s.on("error",()=>{console.log("${REFUSED}");process.exit(1)});s.on("close",()=>process.exit(0))`;

const bridgeScript = (port: number): string =>
  sh`if command -v bash >/dev/null 2>&1; then exec bash --norc -c ${viaBash} bash ${port} 2>/dev/null
elif command -v node >/dev/null 2>&1; then exec node -e ${viaNode} ${port} 2>/dev/null
elif command -v nc >/dev/null 2>&1; then echo ${READY}; exec nc 127.0.0.1 ${port}
else echo clawmoor-bridge-none; fi`.text;

async function bridge({ channels }: Runner, port: number): Promise<Duplex> {
  const { line, preamble, mark } = prepare(bridgeScript(port));
  const channel = await channels.open(line);
  channel.stderr.resume();
  channel.write(preamble);
  const readable = new PassThrough();
  const answer = await firstWord(channel, mark, readable);
  if (answer === READY) return Duplex.from({ readable, writable: channel });
  channel.destroy();
  if (answer === REFUSED) throw portClosed(port);
  throw forwardingDenied();
}

/** The line after the mark; every byte after it goes to `rest`, also what arrived in the same packet. */
function firstWord(channel: ClientChannel, mark: string, rest: PassThrough): Promise<string> {
  return new Promise((resolve, reject) => {
    let held: Buffer = Buffer.alloc(0);
    const late = setTimeout(() => {
      channel.destroy();
      reject(connectionTimeout());
    }, BRIDGE_TIMEOUT_MS);
    const read = (chunk: Buffer): void => {
      held = Buffer.concat([held, chunk]);
      const at = held.indexOf(mark);
      const start = at < 0 ? -1 : held.indexOf('\n', at);
      const end = start < 0 ? -1 : held.indexOf('\n', start + 1);
      if (end < 0) return void (held = held.subarray(-CHATTER)); // rc files may chatter; mark and answer come last
      clearTimeout(late);
      channel.off('data', read);
      rest.write(held.subarray(end + 1));
      channel.pipe(rest);
      resolve(held.toString('utf8', start + 1, end));
    };
    channel.on('data', read);
    channel.once('close', () => {
      clearTimeout(late);
      rest.end();
      resolve('');
    });
  });
}
