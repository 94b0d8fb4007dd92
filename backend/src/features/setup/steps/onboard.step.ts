import { CommandFailed } from '../../../lib/host.ts';
import { sh } from '../../../lib/sh.ts';
import type { Step, StepContext } from '../../../tasks/plan.ts';
import { lastLine, patchConfig, readConfig, type OpenclawConfig } from '../openclaw-config.ts';
import type { ProviderInput } from '../inputs.ts';
import { onboardFailed } from '../setup.problems.ts';

/** The name under which an endpoint of the person's own stands in OpenClaw's configuration. */
const CUSTOM = 'custom';
const OLLAMA_URL = 'http://127.0.0.1:11434';

interface Secrets {
  apiKey?: string | undefined;
}

/** OpenClaw's first configuration, and the model it uses. Run again with another provider it changes that. */
export function onboardStep({ provider, port }: { provider: ProviderInput | undefined; port: number }): Step<unknown, unknown> {
  let keyPasted = false;
  return {
    key: 'onboard',
    title: 'Configure OpenClaw',
    async done({ host, secrets }) {
      const config = await readConfig(host);
      if (!config?.gateway?.mode) return false;
      const keyPending = (secrets as Secrets).apiKey !== undefined && isHosted(provider) && !keyPasted;
      return !keyPending && providerHolds(config, provider, secrets as Secrets);
    },
    async apply(context) {
      const { host, signal, secrets, log } = context;
      if (!(await readConfig(host))?.gateway?.mode) await onboard(context, port);
      const patch = providerPatch(provider, secrets as Secrets);
      if (patch) {
        log('Setting the model …');
        await patchConfig(host, patch, signal);
      }
      const { apiKey } = secrets as Secrets;
      if (provider && isHosted(provider) && apiKey !== undefined) {
        await pasteKey(context, provider.kind, apiKey);
        keyPasted = true;
      }
    },
  };
}

async function onboard({ detached, log }: StepContext, port: number): Promise<void> {
  log('Writing the first configuration …');
  // OpenClaw makes the gateway's token itself and keeps one that is there. No key is passed here: words of a command are visible.
  const script = sh`openclaw onboard --non-interactive --accept-risk --json --mode local --flow manual --auth-choice skip \
  --gateway-port ${port} --gateway-bind loopback --gateway-auth token --tailscale off \
  --skip-daemon --skip-channels --skip-skills --skip-search --skip-ui --skip-health --skip-hooks --suppress-gateway-token-output 2>&1`.text;
  await detached({ name: 'onboard', script }).catch((error: unknown) => {
    throw error instanceof CommandFailed ? onboardFailed(messageIn(error.stdout)) : error;
  });
}

const messageIn = (output: string): string => /"message":\s*"([^"]{1,300})/.exec(output)?.[1] ?? lastLine(output);

const isHosted = (provider: ProviderInput | undefined): boolean => provider?.kind === 'openai' || provider?.kind === 'anthropic';

/** OpenClaw keeps keys of the large providers in a store of its own; its command reads the key from stdin. */
async function pasteKey({ host, signal, log }: StepContext, kind: string, apiKey: string): Promise<void> {
  log('Storing the key …');
  try {
    await host.run(sh`openclaw models auth paste-api-key --provider ${kind} --agent main 2>&1`, { stdin: `${apiKey}\n`, signal });
  } catch (error) {
    throw error instanceof CommandFailed ? onboardFailed(lastLine(error.stdout)) : error;
  }
}

const primaryOf = (provider: ProviderInput): string | undefined =>
  provider.model === undefined ? undefined : `${provider.kind === 'openai-compatible' ? CUSTOM : provider.kind}/${provider.model}`;

function providerPatch(provider: ProviderInput | undefined, { apiKey }: Secrets): object | undefined {
  if (!provider || provider.kind === 'none') return undefined;
  const primary = primaryOf(provider);
  const model = primary === undefined ? {} : { agents: { defaults: { model: { primary } } } };
  const models = provider.model === undefined ? [] : [{ id: provider.model, name: provider.model }];
  if (provider.kind === 'openai-compatible') {
    const endpoint = { baseUrl: provider.baseUrl, api: 'openai-completions', apiKey: apiKey ?? 'none', models };
    return { ...model, models: { mode: 'merge', providers: { [CUSTOM]: endpoint } } };
  }
  if (provider.kind === 'ollama') {
    const endpoint = { baseUrl: provider.baseUrl ?? OLLAMA_URL, api: 'ollama', apiKey: 'ollama-local', models };
    return { ...model, models: { mode: 'merge', providers: { ollama: endpoint } } };
  }
  return primary === undefined ? undefined : model;
}

function providerHolds(config: OpenclawConfig, provider: ProviderInput | undefined, { apiKey }: Secrets): boolean {
  if (!provider || provider.kind === 'none') return true;
  const primary = primaryOf(provider);
  if (primary !== undefined && primaryIn(config) !== primary) return false;
  if (provider.kind === 'openai-compatible') {
    const endpoint = config.models?.providers?.[CUSTOM];
    return endpoint?.baseUrl === provider.baseUrl && (apiKey === undefined || endpoint?.apiKey === apiKey);
  }
  return provider.kind !== 'ollama' || config.models?.providers?.['ollama']?.baseUrl === (provider.baseUrl ?? OLLAMA_URL);
}

function primaryIn(config: OpenclawConfig): unknown {
  const model = config.agents?.defaults?.model;
  return typeof model === 'object' && model !== null && 'primary' in model ? model.primary : model;
}
