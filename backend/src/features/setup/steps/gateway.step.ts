import { randomBytes } from 'node:crypto';
import { findService, restartService, type ServiceKind } from '../../../lib/gateway-service.ts';
import type { Host } from '../../../lib/host.ts';
import { sh } from '../../../lib/sh.ts';
import type { Step } from '../../../tasks/plan.ts';
import { patchConfig, readConfig, type OpenclawConfig } from '../openclaw-config.ts';
import { openclawMissing, portTaken } from '../setup.problems.ts';

export interface GatewaySettings {
  /** `undefined`: stays as it is, or `defaultPort` when there is none. */
  port?: number | undefined;
  bind?: string | undefined;
  defaultPort: number;
}

/** Port, bind and token of the gateway. A token that is there is kept; a running gateway is restarted when something changed. */
export const gatewayStep = (settings: GatewaySettings): Step<unknown, unknown> => ({
  key: 'gateway',
  title: 'Configure the gateway',
  done: async ({ host }) => holds(await readConfig(host), settings),
  async apply({ host, signal, log }) {
    const config = await readConfig(host);
    if (!config) throw openclawMissing();
    const port = settings.port ?? config.gateway?.port ?? settings.defaultPort;
    const service = (await host.run(findService)).stdout.trim();
    if (port !== config.gateway?.port || service === 'none') await refuseTakenPort(host, port);
    const token = config.gateway?.auth?.token ?? randomBytes(32).toString('base64url');
    log(`Setting the gateway to port ${port} …`);
    await patchConfig(
      host,
      { gateway: { mode: 'local', port, bind: settings.bind ?? config.gateway?.bind ?? 'loopback', auth: { mode: 'token', token } } },
      signal,
    );
    if (service === 'none') return;
    log('Restarting the gateway with the new settings …');
    await host.run(restartService(service as ServiceKind), { root: service === 'system', signal });
  },
});

function holds(config: OpenclawConfig | undefined, { port, bind }: GatewaySettings): boolean {
  const gateway = config?.gateway;
  if (!gateway?.port || !gateway.auth?.token || gateway.auth.mode !== 'token') return false;
  return (port === undefined || gateway.port === port) && (bind === undefined || gateway.bind === bind);
}

async function refuseTakenPort(host: Host, port: number): Promise<void> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const ask = sh`awk -v p=${`:${hex}`} '$4=="0A" && substr($2,length($2)-4)==p {f=1} END{exit !f}' /proc/net/tcp /proc/net/tcp6 2>/dev/null || exit 0
echo taken; ss -ltnp 2>/dev/null | awk -v p=${`:${port}`} 'substr($4,length($4)-length(p)+1)==p{print $6; exit}'`;
  const [taken, who = ''] = (await host.run(ask)).stdout.trim().split('\n');
  if (taken === 'taken') throw portTaken(port, /"([\w.-]{1,40})"/.exec(who)?.[1] ?? '');
}
