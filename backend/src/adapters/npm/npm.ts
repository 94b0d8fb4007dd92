import { execFile } from 'node:child_process';
import { Problem } from '../../lib/problem.ts';

/** The npm that started us, where one did; else the one on the PATH. Throws `setup.version_not_found`, `setup.node_unavailable`. */
export function npm(
  words: string[],
  timeout: number,
  { signal, takes = [0] }: { signal?: AbortSignal | undefined; /** Ends that are no failure. */ takes?: readonly number[] } = {},
): Promise<string> {
  const script = process.env['npm_execpath'];
  const [file, args] = script?.endsWith('.js') ? [process.execPath, [script, ...words]] : ['npm', words];
  return new Promise((resolve, reject) => {
    execFile(file, args, { timeout, maxBuffer: 16 * 1024 * 1024, ...(signal && { signal }) }, (error, stdout) =>
      error && !takes.includes(Number(error.code)) ? reject(explain(error, stdout)) : resolve(stdout),
    );
  });
}

const explain = (error: Error, stdout: string): Problem =>
  /\bE404\b|\bETARGET\b/.test(`${error.message}\n${stdout}`)
    ? new Problem('setup.version_not_found', 'The npm registry has no such version', { fix: 'Choose another version.', cause: error })
    : unavailable(error);

export const unavailable = (cause: unknown): Problem =>
  new Problem('setup.node_unavailable', 'Clawmoor could not fetch a package from the npm registry', {
    fix: 'Check that the machine that runs Clawmoor reaches the registry: npm ping',
    cause,
  });
