import { sh } from '../../lib/sh.ts';

export const TOO_MUCH_MEMORY = 94;
export const TOO_MUCH_DISK = 93;
export const NO_SUCH_MODEL = 92;
export const PULL_FAILED = 91;

interface Pull {
  node: string;
  port: number;
  model: string;
  /** The largest download that the machine bears. */
  byMemory: number;
  byDisk: number;
}

/**
 * Asks the server's own Ollama to pull, and says how far it is: one percentage over everything that is to come. It has succeeded only when the
 * last line says so. Ending it ends the pull; what has arrived stays, and the next pull goes on from there.
 */
export const pullScript = ({ node, port, model, byMemory, byDisk }: Pull): string =>
  sh`export PORT=${port} MODEL=${model} BY_MEMORY=${byMemory} BY_DISK=${byDisk}
exec ${node} --input-type=module - <<'CLAWMOOR_SCRIPT'
`.text + `${PROGRAM}\nCLAWMOOR_SCRIPT\n`;

const PROGRAM = `
import { setTimeout as delay } from 'node:timers/promises';
const { PORT, MODEL, BY_MEMORY, BY_DISK } = process.env;
const parts = new Map();
let [shown, said] = [-1, ''];
class Stop extends Error { constructor(code, message) { super(message); this.code = code; } }
const say = (line) => { if (line !== said) console.log(said = line); };
const total = () => [...parts.values()].reduce((sum, part) => sum + part.total, 0);
const completed = () => [...parts.values()].reduce((sum, part) => sum + part.completed, 0);
function heard({ status = '', digest, total: of, completed: done, error }) {
  if (error !== undefined) {
    if (/file does not exist|not found|invalid model name|unauthorized|access denied/i.test(error)) throw new Stop(${NO_SUCH_MODEL}, error);
    if (/no space left/i.test(error)) throw new Stop(${TOO_MUCH_DISK}, error);
    throw new Error(error);
  }
  if (digest === undefined || !(of > 0)) return say(status.slice(0, 200));
  const part = parts.get(digest);
  parts.set(digest, { total: of, completed: Math.max(part?.completed ?? 0, Math.min(done ?? 0, of)) });
  if (part === undefined) {
    say('Pulling ' + digest.slice(7, 19) + ', ' + (of / 1e6).toFixed(of < 1e7 ? 2 : 0) + ' MB');
    if (total() > Number(BY_MEMORY)) throw new Stop(${TOO_MUCH_MEMORY}, 'size ' + total());
    if (total() - completed() > Number(BY_DISK)) throw new Stop(${TOO_MUCH_DISK}, 'size ' + total());
  }
  // The last hundredth is for the check and the manifest; parts that become known later never turn it back.
  const percent = Math.min(99, Math.floor((completed() / total()) * 100));
  if (percent > shown) console.log('percent ' + (shown = percent));
}
async function pull() {
  // It may check a large file for minutes without a word.
  const quiet = new AbortController();
  const watch = setTimeout(() => quiet.abort(new Error('nothing was heard for 10 minutes')), 600_000);
  try {
    const response = await fetch('http://127.0.0.1:' + PORT + '/api/pull', {
      method: 'POST', signal: quiet.signal, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model: MODEL }),
    });
    let [rest, last] = ['', {}];
    const text = new TextDecoder();
    for await (const piece of response.body) {
      watch.refresh();
      rest += text.decode(piece, { stream: true });
      const lines = rest.split('\\n');
      rest = lines.pop();
      if (rest.length > 1e6) throw new Error('a line without an end');
      for (const line of lines) if (line.trim() !== '') heard(last = JSON.parse(line));
    }
    if (rest.trim() !== '') heard(last = JSON.parse(rest));
    if (response.status !== 200) throw new Error('Ollama answered ' + response.status);
    if (last.status !== 'success') throw new Error('the pull ended without success');
  } finally { clearTimeout(watch); }
}
for (let tries = 1; ; tries++) {
  const before = completed();
  try {
    await pull();
    console.log('percent 100');
    break;
  } catch (error) {
    const why = error.cause?.code ?? error.message;
    if (completed() > before) tries = 1;
    if (error instanceof Stop || tries >= 5) { console.log(error instanceof Stop ? error.message : why); process.exit(error.code > 0 ? error.code : ${PULL_FAILED}); }
    say(why + '; going on with it ...');
    await delay(1000 * tries);
  }
}
`;

/** The percentage in a line of these scripts. */
export function percentOf(line: string): number | undefined {
  const [, percent] = /^percent (\d{1,3})$/.exec(line) ?? [];
  return percent === undefined ? undefined : Number(percent);
}
