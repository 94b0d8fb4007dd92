import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const AUDIT = join(import.meta.dirname, '../../deploy/audit.mjs');
const HOLE = {
  id: 1,
  url: 'https://example.test/1',
  title: 'A hole',
  severity: 'high',
  vulnerable_versions: '<999',
  cwe: [],
  cvss: { score: 8 },
};

/** Runs `npm run audit` against a registry that answers the question with this. */
async function auditAgainst(status: number, body: unknown): Promise<{ status: number; text: string }> {
  const registry = createServer((request, response) => {
    const asked = request.url?.includes('/security/') ?? false;
    request
      .resume()
      .once('end', () =>
        response.writeHead(asked ? status : 404, { 'content-type': 'application/json' }).end(JSON.stringify(asked ? body : {})),
      );
  });
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  const env = {
    ...process.env,
    npm_config_registry: `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`,
    npm_config_fetch_retries: '0',
  };
  const result = await new Promise<{ status: number; text: string }>((resolve) => {
    execFile(process.execPath, [AUDIT], { env }, (error, stdout, stderr) =>
      resolve({ status: error ? Number(error.code) : 0, text: stdout + stderr }),
    );
  });
  registry.closeAllConnections();
  registry.close();
  return result;
}

describe('npm run audit (S42)', () => {
  it('prints "not checked", and not "no holes", where the registry refuses the question', async () => {
    const { status, text } = await auditAgainst(405, { error: 'Method Not Allowed' });
    expect(text).toMatch(/^not checked: the registry does not answer this question/);
    expect(status).toBe(0);
  });
  it('says that there are none where the registry knows of none', async () => {
    expect(await auditAgainst(200, {})).toEqual({ status: 0, text: '0 known holes, 0 of them high or critical\n' });
  });
  it('names a grave one and fails', async () => {
    const { status, text } = await auditAgainst(200, { express: [HOLE] });
    expect(text).toContain('  high: express: A hole\n');
    expect(status).toBe(1);
  });
});
