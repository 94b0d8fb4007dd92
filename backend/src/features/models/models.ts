import * as z from 'zod/mini';
import type { Model, Provider, ProviderTest } from '@clawmoor/shared/openclaw-models.ts';
import type { Role } from '@clawmoor/shared/route.ts';
import { iso } from '../../lib/clock.ts';
import { askGateway, clip, refusedWith } from '../../lib/gateway-answer.ts';
import type { Gateways } from '../../lib/gateway.ts';
import { Problem } from '../../lib/problem.ts';
import { redact } from '../../lib/hostile-text.ts';

// The gateway asks the provider itself and waits for it.
const TEST_WITHIN_MS = 45_000;
const MOST = 1_000;

const text = z.nullish(z.string());
const number = z.nullish(z.number());
const Models = z.object({
  models: z.array(
    z.object({
      id: z.string(),
      name: text,
      provider: z.string(),
      contextWindow: number,
      reasoning: z.nullish(z.boolean()),
      tags: z.nullish(z.array(z.string())),
      available: z.nullish(z.boolean()),
    }),
  ),
});
const Expiry = z.nullish(z.object({ at: number }));
const Auth = z.object({
  providers: z.array(
    z.object({
      provider: z.string(),
      displayName: text,
      status: z.string(),
      expiry: Expiry,
      profiles: z._default(
        z.array(
          z.object({
            profileId: z.string(),
            type: z.string(),
            status: z.string(),
            expiry: Expiry,
            logoutSupported: z.nullish(z.boolean()),
          }),
        ),
        [],
      ),
      apiKey: z.nullish(z.object({ source: text })),
    }),
  ),
  providerCapabilities: z._default(z.array(z.object({ provider: z.string(), apiKeySupported: z.nullish(z.boolean()) })), []),
});
const Stored = z.object({ profileId: text });
const SignedOut = z.object({ removedProfiles: z._default(z.array(z.string()), []) });
const Tested = z.object({
  status: z.string(),
  latencyMs: number,
  error: text,
  results: z._default(z.array(z.object({ label: text, status: z.string(), latencyMs: number, error: text })), []),
});

export type Models = ReturnType<typeof createModels>;

/** The models of a gateway and the credentials that it has for them. */
export function createModels({ gateways }: { gateways: Gateways }) {
  return {
    async list(serverId: string, role: Role, signal: AbortSignal): Promise<Model[]> {
      const params = { view: 'configured' };
      const { models } = await askGateway(gateways, serverId, { method: 'models.list', params, as: role, answers: Models, signal });
      return models.slice(0, MOST).map(({ id, name, provider, contextWindow, reasoning, tags, available }) => ({
        id: `${provider}/${id}`.slice(0, 256),
        provider: provider.slice(0, 128),
        name: clip(name, 200) ?? id.slice(0, 200),
        contextWindow: contextWindow ?? null,
        reasoning: reasoning ?? false,
        isDefault: tags?.includes('default') ?? false,
        available: available ?? true,
      }));
    },
    async providers(serverId: string, role: Role, signal: AbortSignal): Promise<{ providers: Provider[]; addable: string[] }> {
      const answer = await askGateway(gateways, serverId, { method: 'models.authStatus', as: role, answers: Auth, signal });
      return {
        providers: answer.providers.slice(0, MOST).map((one) => ({
          provider: one.provider.slice(0, 128),
          name: clip(one.displayName, 128) ?? one.provider.slice(0, 128),
          status: one.status.slice(0, 32),
          expiresAt: endOf(one.expiry),
          keyFrom: clip(one.apiKey?.source, 64),
          credentials: one.profiles.slice(0, 100).map(({ profileId, type, status, expiry, logoutSupported }) => ({
            id: profileId.slice(0, 200),
            type: type.slice(0, 32),
            status: status.slice(0, 32),
            expiresAt: endOf(expiry),
            canLogOut: logoutSupported ?? false,
          })),
        })),
        addable: answer.providerCapabilities
          .filter(({ apiKeySupported }) => apiKeySupported)
          .map(({ provider }) => provider.slice(0, 128))
          .slice(0, MOST),
      };
    },
    /** The key goes straight to the gateway; it is not kept here, and no failure repeats it. */
    async setKey(
      serverId: string,
      provider: string,
      { apiKey, agentId, signal }: { apiKey: string; agentId: string | undefined; signal: AbortSignal },
    ): Promise<{ credentialId: string | null }> {
      const params = { provider, apiKey, ...(agentId !== undefined && { agentId }) };
      const call = { method: 'models.authSetApiKey', params, as: 'control', answers: Stored, signal } as const;
      const { profileId } = await askGateway(gateways, serverId, call).catch((error: unknown) => {
        throw error instanceof Problem ? without(apiKey, error) : error;
      });
      return { credentialId: clip(profileId, 200) };
    },
    async signOut(serverId: string, provider: string, signal: AbortSignal): Promise<{ removed: string[] }> {
      const call = { method: 'models.authLogout', params: { provider }, as: 'control', answers: SignedOut, signal } as const;
      const { removedProfiles } = await askGateway(gateways, serverId, call);
      return { removed: removedProfiles.slice(0, 100).map((id) => id.slice(0, 200)) };
    },
    async test(serverId: string, provider: string, signal: AbortSignal): Promise<ProviderTest> {
      const call = { method: 'models.probe', params: { provider, timeoutMs: TEST_WITHIN_MS - 5_000 }, timeoutMs: TEST_WITHIN_MS } as const;
      const asked = askGateway(gateways, serverId, { ...call, as: 'control', answers: Tested, signal });
      const answer = await asked.catch((error: unknown) => {
        // It calls a test that did not come about "unavailable", as if it were busy itself.
        if (refusedWith(error, /probe failed/i)) return Tested.parse({ status: 'failed', error: 'The test could not be run' });
        throw error;
      });
      return {
        ok: answer.status === 'ok',
        status: answer.status.slice(0, 32),
        ms: answer.latencyMs ?? null,
        message: said(answer.error),
        results: answer.results.slice(0, 50).map(({ label, status, latencyMs, error }) => ({
          label: clip(label, 200) ?? '',
          status: status.slice(0, 32),
          ms: latencyMs ?? null,
          message: said(error),
        })),
      };
    },
  };
}

/** A provider's own error may repeat the key that it was given. */
const said = (error: string | null | undefined): string | null => (error ? redact(error).slice(0, 500) : null);

const endOf = (expiry: z.output<typeof Expiry>): string | null => {
  const at = expiry?.at;
  return typeof at === 'number' && Math.abs(at) <= 8.64e15 ? iso(at) : null;
};

const without = (secret: string, { code, message, fix, retryAfter }: Problem): Problem =>
  new Problem(code, message.replaceAll(secret, '[secret]'), {
    ...(fix !== undefined && { fix }),
    ...(retryAfter !== undefined && { retryAfter }),
  });
