// Exit status 0 when Clawmoor on this machine should get requests, and is the version that is asked for. For containers and clawmoorctl.
import { parseArgs } from 'node:util';

const TIMEOUT_MS = 4_000;
const { values } = parseArgs({ options: { port: { type: 'string', default: process.env.PORT || '3000' }, version: { type: 'string' } } });

const get = (path) => fetch(`http://127.0.0.1:${values.port}/api${path}`, { signal: AbortSignal.timeout(TIMEOUT_MS) });

try {
  const ready = await get('/health/ready');
  if (!ready.ok) throw new Error(`/api/health/ready answers ${ready.status}`);
  const { version } = await (await get('/health')).json();
  if (values.version !== undefined && version !== values.version) throw new Error(`version ${version} answers, not ${values.version}`);
} catch (error) {
  process.stderr.write(`not healthy: ${error.cause?.code ?? error.message}\n`);
  process.exit(1);
}
