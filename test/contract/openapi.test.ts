import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { api } from '@clawmoor/shared/api.ts';
import { problemStatus } from '@clawmoor/shared/problem.ts';
import type { Route } from '@clawmoor/shared/route.ts';
import { describeApi } from '../../backend/src/http/openapi.ts';

interface Content {
  schema: object;
  example?: unknown;
}
interface Operation {
  operationId: string;
  description: string;
  requestBody?: { content: Record<string, Content> };
  responses: Record<string, { description: string; content?: Record<string, Content>; 'x-codes'?: string[] }>;
  'x-codeSamples': { source: string }[];
}
const { paths } = describeApi(api, { version: '0' }) as unknown as { paths: Record<string, Record<string, Operation>> };
const operations = new Map(Object.values(paths).flatMap((methods) => Object.values(methods).map((one) => [one.operationId, one])));
const routes: [string, Route][] = Object.entries(api);
const JSON_TYPE = 'application/json';

describe('The OpenAPI document', () => {
  it.each(routes)('says of %s who may call it, every error, and shows an example that holds', (name, route) => {
    const described = operations.get(name);
    if (!described) throw new Error('it is not described');
    expect(described.description).toMatch(/^For \w.*\.$/);
    const codes = Object.values(described.responses).flatMap((response) => response['x-codes'] ?? []);
    expect(codes.length).toBeGreaterThan(route.access === 'public' ? -1 : 3);
    for (const code of codes) expect(problemStatus).toHaveProperty([code]);
    const answer = described.responses[String(route.status ?? 200)]?.content?.[JSON_TYPE];
    if (route.returns) expect(route.returns.safeParse(answer?.example)).toMatchObject({ success: true });
    const question = described.requestBody?.content[JSON_TYPE];
    if (route.body) expect(route.body.safeParse(question?.example)).toMatchObject({ success: true });
  });

  it('shows commands that a shell can read, and that hold no token', () => {
    const script = [...operations.values()].map((one) => one['x-codeSamples'][0]?.source).join('\n');
    expect(() => execFileSync('sh', ['-n'], { input: script })).not.toThrow();
    expect(script).not.toMatch(/Bearer (?!\$CLAWMOOR_TOKEN)/);
  });
});
