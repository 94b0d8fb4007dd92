import { run } from './run.ts';

const stop = new AbortController();
let code: number | undefined;
// The second Ctrl-C is the system's own: it ends us at once.
for (const [name, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)
  process.once(name, () => {
    code = status;
    stop.abort();
  });
// `clawmoor tasks | head`: nobody reads any more, and that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const { stdin, stdout, stderr, env } = process;
const exit = await run(process.argv.slice(2), { stdin, stdout, stderr, env, signal: stop.signal });
// Not before all is written; then at once, whatever socket is still kept for a next request.
await Promise.all([stdout, stderr].map((stream) => new Promise<void>((resolve) => stream.write('', () => resolve()))));
process.exit(stop.signal.aborted ? code : exit);
